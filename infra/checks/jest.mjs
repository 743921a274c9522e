// Runs one kind of specs: node infra/checks/jest.mjs unit|int|e2e [jest arguments]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [kind = 'unit', ...rest] = process.argv.slice(2);
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');
const config = fileURLToPath(new URL('./jest.config.mjs', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', jest, '--config', config, ...rest],
  {
    stdio: 'inherit',
    env: { ...process.env, QUADRILLE_TESTS: kind, KAFKAJS_NO_PARTITIONER_WARNING: '1' },
  },
);
process.exit(status ?? 1);
