import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = fileURLToPath(new URL('../../docs/guarantees.md', import.meta.url));

/** A spec file and the titles quoted after it, up to the next link. */
const CITED = /\]\(([^)\s]+\.spec\.ts)\):((?:,? "[^"]+")+)/g;

const cited = [...readFileSync(PAGE, 'utf8').matchAll(CITED)].flatMap(([, path, titles]) =>
  [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => ({ path: path!, title: title! })),
);

/** A title as in the source, where quotes are escaped and values inserted. */
const plain = (text: string) => text.replaceAll(/\\(['"`])/g, '$1').replaceAll(/\s+/g, ' ');

const HAZARDS = fileURLToPath(new URL('../../docs/explanation/hazards.md', import.meta.url));
/** The last cell of a row names specs and quotes their titles. */
const hazards = [...readFileSync(HAZARDS, 'utf8').matchAll(/^\|.*\|([^|]+)\|$/gm)].flatMap(([, specs]) =>
  [...specs!.matchAll(/"([^"]+)"/g)].map(([, title]) => title!),
);
const everySpec = execFileSync('git', ['ls-files', '--', '*.spec.ts'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(ROOT, file)))
  .map((file) => plain(readFileSync(join(ROOT, file), 'utf8')))
  .join('\n');

describe('docs/explanation/hazards.md', () => {
  it('quotes titles of specs that exist', () => {
    expect(hazards.length).toBeGreaterThan(40);
    expect(hazards.filter((title) => !everySpec.includes(plain(title)))).toEqual([]);
  });
});

describe('docs/guarantees.md', () => {
  it('cites a spec in every row of what can come in', () => {
    const [, tables] = readFileSync(PAGE, 'utf8').split('## Inputs and their costs');
    const rows = tables!.split('\n').filter((line) => /^\| (?!input )/.test(line));
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((row) => !/\.spec\.ts\): "/.test(row))).toEqual([]);
  });

  it.each(cited)('cites a spec that exists: $title', ({ path, title }) => {
    const source = plain(readFileSync(join(dirname(PAGE), path), 'utf8'));
    for (const part of title.split('…')) expect(source).toContain(plain(part.trim()));
  });
});
