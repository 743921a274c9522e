import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CopiedRepository, copyRepository } from './copied-repository.js';

const SLOW_MS = 240_000;
/** The pure specs that depend on the table. */
const CONCERNED = ['apps/storefront', 'packages/contracts', 'packages/shop-proof/src/commands', 'infra/checks'];

let copy: CopiedRepository;

beforeAll(() => {
  copy = copyRepository('docs/how-to/add-a-step.md');
}, SLOW_MS);
afterAll(() => copy?.remove());

const done = { status: 0, output: '' };
const failures = () =>
  copy.run('infra/checks/jest.mjs', 'unit', '--silent', ...CONCERNED).output.match(/^ +● .+$/gm) ?? [];
const addedSpec = () => copy.run('infra/checks/jest.mjs', 'unit', 'add-loyalty-points').output;

describe('docs/how-to/add-a-step.md', () => {
  it(
    'shows a row that does not compile without its step, and the compiler’s message',
    () => {
      copy.follow(({ section }) => section.startsWith('1.'));
      const expected = copy.blocks.find(({ language }) => language === 'text')!.text.trim();
      const { output } = copy.build();
      for (const line of expected.split('\n')) expect(output).toContain(line);
    },
    SLOW_MS,
  );

  it(
    'adds a step with one row, one new file and one entry in the service',
    () => {
      copy.follow(({ section }) => /^[234]\./.test(section));
      expect(copy.build()).toEqual(done);
      expect(addedSpec()).toMatch(/^Tests: +3 passed, 3 total$/m);
      expect(failures()).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'lets the step emit an event',
    () => {
      copy.follow(({ section }) => section.startsWith('When other services'));
      expect(copy.build()).toEqual(done);
      expect(copy.checkStatically()).toEqual(done);
      expect(addedSpec()).toMatch(/^Tests: +2 passed, 2 total$/m);
      expect(failures()).toEqual([]);
    },
    SLOW_MS,
  );
});
