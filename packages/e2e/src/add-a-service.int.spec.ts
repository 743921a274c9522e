import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeBlocks, editOf } from './code-blocks.js';
import { type CopiedRepository, copyRepository } from './copied-repository.js';

const SLOW_MS = 240_000;
/** The pure specs that depend on the table or the list of services. */
const CONCERNED = [
  'apps/storefront',
  'packages/(contracts|chaos|operate|shop-operations)',
  'packages/shop-proof/src/commands',
  'infra/',
];

let copy: CopiedRepository;

beforeAll(() => {
  copy = copyRepository('docs/how-to/add-a-service.md');
  copy.follow(() => true);
  takeStepOfOtherPage();
  cpSync(join(copy.folder, 'apps/notification/tsconfig.json'), join(copy.folder, 'apps/loyalty/tsconfig.json'));
}, SLOW_MS);
afterAll(() => copy?.remove());

/** Adds the step and its spec, which the page takes from add-a-step.md. */
function takeStepOfOtherPage(): void {
  const page = readFileSync(join(copy.folder, 'docs/how-to/add-a-step.md'), 'utf8');
  for (const block of codeBlocks(page).filter(({ section }) => /^[24]\./.test(section))) {
    const edit = editOf(block);
    if (!edit) continue;
    const file = join(copy.folder, edit.path.replace('apps/notification/', 'apps/loyalty/'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, edit.apply(''));
  }
}

const done = { status: 0, output: '' };
const specs = (...patterns: string[]) => copy.run('infra/checks/jest.mjs', 'unit', '--silent', ...patterns).output;

describe('docs/how-to/add-a-service.md', () => {
  it(
    'adds a service that compiles, with its own spec',
    () => {
      expect(copy.build()).toEqual(done);
      expect(specs('apps/loyalty')).toMatch(/^Tests: +3 passed, 3 total$/m);
    },
    SLOW_MS,
  );

  it(
    'passes every check after the generated files are written',
    () => {
      expect(copy.checkStatically()).toEqual(done);
      expect(specs(...CONCERNED).match(/^ +● .+$/gm) ?? []).toEqual([]);
    },
    SLOW_MS,
  );

  it('adds the service to the compose file, Prometheus and .env.example', () => {
    const textOf = (path: string) => readFileSync(join(copy.folder, path), 'utf8');
    expect(textOf('docker-compose.yml')).toContain('command: [apps/loyalty/dist/main.js]');
    expect(textOf('docker-compose.yml')).toContain('\n  loyalty-db:\n    <<: *database\n');
    expect(textOf('infra/prometheus/prometheus.yml')).toContain('- loyalty:4007\n');
    expect(textOf('.env.example')).toContain('LOYALTY_PORT=3007\n');
  });
});
