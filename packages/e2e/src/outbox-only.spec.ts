import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { codeBlocks, editOf } from './code-blocks.js';

const MAX_LINES_OF_THEIRS = 30;
const page = readFileSync(new URL('../../../docs/how-to/outbox-only.md', import.meta.url), 'utf8');

// installed.e2e.spec.ts runs them.
it(`docs/how-to/outbox-only.md publishes with at most ${MAX_LINES_OF_THEIRS} lines of code`, () => {
  const files = codeBlocks(page).flatMap((block) => editOf(block) ?? []);
  const publishing = files.filter(({ path }) => path.startsWith('src/invoices.'));
  const lines = publishing.flatMap(({ apply }) => apply('').split('\n')).filter((line) => line.trim() !== '');
  expect(publishing).toHaveLength(2);
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.length).toBeLessThanOrEqual(MAX_LINES_OF_THEIRS);
});
