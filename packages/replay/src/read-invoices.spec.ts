import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { plan } from './plan.js';
import { readInvoices } from './read-invoices.js';

const HEAD = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const home = mkdtempSync(join(tmpdir(), 'quadrille-invoices-'));
afterAll(() => rmSync(home, { recursive: true }));

function fileOf(content: string | Uint8Array, name = 'invoices.csv'): string {
  const file = join(home, name);
  writeFileSync(file, content);
  return file;
}
const read = (content: string | Uint8Array, name?: string) => readInvoices(fileOf(content, name));

describe('a file of invoices', () => {
  it('is accepted with a byte order mark, CRLF, quotes, and line breaks within them', async () => {
    const lines = await read(
      `\uFEFF${HEAD}\r\n536365,85123A,"A ""white"" heart,\r\nlarge",6,x,2.55,17850,"United Kingdom"\r\n`,
    );
    expect(lines).toMatchObject([
      { description: 'A "white" heart,\uFFFD\uFFFDlarge', quantity: '6', country: 'United Kingdom' },
    ]);
  });

  it('is accepted with NUL in a text, and bytes that are not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEAD}\n536365,85123A,A\0B`),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from(',6,x,2.55,17850,France\n'),
    ]);
    const [line] = await read(bytes);
    expect(line!.description).toMatch(/^A\uFFFDB\uFFFD+$/);
    expect(Buffer.from(line!.description).toString()).toBe(line!.description);
    expect(plan([line!]).products).toHaveLength(1);
  });

  it('is no order if the country is a property name of JavaScript', async () => {
    const lines = await read(`${HEAD}\n536365,85123A,A,6,x,2.55,17850,constructor\n`);
    expect([...plan(lines).fates.values()]).toEqual([{ fate: 'refused', reason: 'country-without-code' }]);
  });

  it.each([
    ['a quote that nothing closes', `${HEAD}\n"536365,85123A\n`, 'a.csv'],
    ['a line that is too short', `${HEAD}\n536365,85123A\n`, 'b.csv'],
    ['other columns', 'a,b\n1,2\n', 'c.csv'],
    ['nothing', '', 'd.csv'],
    ['no packed content', `${HEAD}\n`, 'e.csv.gz'],
  ])('is refused in one sentence with %s', async (_, content, name) => {
    await expect(read(content, name)).rejects.toThrow(new RegExp(`${name} cannot be replayed: .+`));
  });

  it('is read or refused in a sentence, for any content', async () => {
    const property = fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), async (rest) => {
      const content = Buffer.concat([Buffer.from(`${HEAD}\n`), Buffer.from(rest as string)]);
      const lines = await read(content).catch((error: Error) => error.message);
      if (typeof lines === 'string') expect(lines).toMatch(/cannot be replayed: .+/);
      else expect(plan(lines).fates.size).toBeLessThanOrEqual(lines.length);
    });
    await fc.assert(property, { numRuns: fuzzRuns(100) });
  });
});
