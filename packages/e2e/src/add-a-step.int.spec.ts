import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CodeBlock, codeBlocks, editOf } from './code-blocks.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const blocks = codeBlocks(readFileSync(join(ROOT, 'docs/how-to/add-a-step.md'), 'utf8'));
const SLOW_MS = 60_000;

/** What the copy needs to compile a service and to run pure specs. */
const COPIED = ['packages', 'apps/notification', 'infra/checks', 'tsconfig.base.json', 'package.json'];
const LEFT_OUT = ['node_modules', 'dist'];

/** The copy is compiled from source alone, whatever is built. */
const TSCONFIG = {
  extends: './tsconfig.base.json',
  compilerOptions: {
    ...{ composite: false, incremental: false, noEmit: true, rootDir: '.' },
    paths: {
      '@quadrille/testing/steps': ['./packages/testing/src/steps.ts'],
      '@quadrille/*': ['./packages/*/src/index.ts'],
    },
  },
  include: ['apps/notification/src'],
  exclude: ['**/*.int.spec.ts'],
};

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'quadrille-add-a-step-'));
  const filter = (from: string) => !LEFT_OUT.includes(basename(from));
  for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true, filter });
  for (const home of ['', 'packages/nest', 'apps/notification']) {
    symlinkSync(join(ROOT, home, 'node_modules'), join(copy, home, 'node_modules'));
  }
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(TSCONFIG));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Does to the copy what the document says under these headings. */
function follow(isMeant: (block: CodeBlock) => boolean): void {
  for (const block of blocks.filter(isMeant)) {
    const edit = editOf(block);
    if (!edit) continue;
    const file = join(copy, edit.path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, edit.apply(block.text.startsWith('---') ? readFileSync(file, 'utf8') : ''));
  }
}

const run = (...args: string[]) => {
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  return `${stdout}${stderr}`;
};
const compile = () => run('node_modules/typescript/bin/tsc', '-p', '.', '--pretty', 'false');
const runSpecs = () => run('infra/checks/jest.mjs', 'unit', 'add-loyalty-points', 'contracts/src/checkout');

describe('docs/how-to/add-a-step.md', () => {
  it(
    'shows a row that does not compile before its service has the step, and what the compiler says',
    () => {
      follow(({ section }) => section.startsWith('1.'));
      const said = blocks.find(({ language }) => language === 'text')!.text.trim();
      const complaint = compile();
      for (const line of said.split('\n')) expect(complaint).toContain(line);
    },
    SLOW_MS,
  );

  it(
    'adds a step by one row, one new file and its name in the table of contents',
    () => {
      follow(({ section }) => /^[234]\./.test(section));
      expect(compile()).toBe('');
      expect(runSpecs()).toMatch(/^Tests: +4 passed, 4 total$/m);
    },
    SLOW_MS,
  );

  it(
    'lets the step say an event',
    () => {
      follow(({ section }) => section.startsWith('When others'));
      expect(compile()).toBe('');
      expect(runSpecs()).toMatch(/^Tests: +3 passed, 3 total$/m);
    },
    SLOW_MS,
  );
});
