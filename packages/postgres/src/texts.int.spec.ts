import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { text } from '@quadrille/choreography';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import fc from 'fast-check';
import { Pool } from 'pg';

const folder = mkdtempSync(join(tmpdir(), 'quadrille-texts-'));
let postgres: LocalPostgres;
let pool: Pool;

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: folder });
  pool = new Pool({ connectionString: await postgres.createService('texts', 'secret'), max: 2 });
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const Free = text(100);
const unit = fc.oneof(
  fc.constantFrom('\u0000', '\u001f', '\u007f', '\ud83d', '\ude00', '😀', '\\', '"', "'", '\u2028', '\ufeff', '\uffff'),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.integer({ min: 0x10000, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
);
const anyText = fc.array(unit, { maxLength: 8 }).map((units) => units.join(''));

describe('a text from outside', () => {
  it('is refused, or PostgreSQL returns it unchanged from text, json and jsonb', async () => {
    let stored = 0;
    const batches = fc.array(anyText, { minLength: 50, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(batches, async (texts) => {
        const taken = texts.flatMap((each) => Free.safeParse(each).data ?? []);
        stored += taken.length;
        const { rows } = await pool.query(
          `select plain, document ->> 'text' as json, document::jsonb ->> 'text' as jsonb
           from unnest($1::text[], $2::json[]) with ordinality as t (plain, document, place) order by place`,
          [taken, taken.map((each) => JSON.stringify({ text: each }))],
        );
        expect(rows).toEqual(taken.map((each) => ({ plain: each, json: each, jsonb: each })));
      }),
      { numRuns: 40 },
    );
    expect(stored).toBeGreaterThan(100);
  });
});
