import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const FOLDER = new URL('./', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
const MAX_LINES = 120;

/** A protocol fits on a page and names no server. */
describe.each(FILES)('%s', (name) => {
  const text = readFileSync(new URL(name, FOLDER), 'utf8');

  it(`has at most ${MAX_LINES} lines`, () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  });

  it('has no SQL, no server and no timer', () => {
    expect(
      text.match(/\b(select|update|delete from|insert into|kafkajs|setTimeout|fetch)\b|process\.|'(pg|node:.*)'/g),
    ).toBe(null);
  });
});
