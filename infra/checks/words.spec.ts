import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Renamed identifiers with their replacements (docs/glossary.md). */
const renamed: Record<string, string> = JSON.parse(readFileSync(new URL('./words.json', import.meta.url), 'utf8'));

const sources = execFileSync('git', ['ls-files', 'packages', 'apps', 'infra'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|tsx|mts|mjs)$/.test(file));

/** `file: old -> new` for each renamed identifier in a source. */
const returned = (file: string, text: string): string[] =>
  [...new Set(text.match(/[A-Za-z_$][\w$]*/g))]
    .filter((word) => Object.hasOwn(renamed, word))
    .map((word) => `${file}: ${word} -> ${renamed[word]}`);

const readSource = (file: string): string => {
  try {
    return readFileSync(`${ROOT}/${file}`, 'utf8');
  } catch {
    return ''; // deleted, and not committed yet
  }
};

describe('the words of the code', () => {
  it('contain no renamed identifier of the glossary', () => {
    expect(sources.flatMap((file) => returned(file, readSource(file)))).toEqual([]);
  });

  it('are checked individually', () => {
    const [old, now] = Object.entries(renamed)[0]!;
    expect(returned('a.ts', `const ${old} = 1; my${old}`)).toEqual([`a.ts: ${old} -> ${now}`]);
  });
});
