// Runs one kind of specs: node infra/checks/jest.mjs unit|int|e2e|quick|package [jest arguments]
// unit: pure · int: one real server · e2e: the whole system · quick: unit and a choice of int · package: unit and int of the working directory
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [kind = 'unit', ...rest] = process.argv.slice(2);
const root = fileURLToPath(new URL('../..', import.meta.url));
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');
const config = fileURLToPath(new URL('./jest.config.mjs', import.meta.url));
const isPackage = kind === 'package';

// Some specs start built programs. Under Turbo they are built already.
if (isPackage && !process.env.TURBO_HASH) {
  const built = spawnSync('npx', ['turbo', 'run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (built.status !== 0) process.exit(built.status ?? 1);
}
// The specs start hundreds of processes with the same modules: compiled once, each starts with a fifth less work.
const compiled = mkdtempSync(join(tmpdir(), 'quadrille-compiled-'));
const { status } = spawnSync(
  process.execPath,
  [
    ...['--experimental-vm-modules', '--no-warnings', jest, '--config', config],
    ...(isPackage ? ['--roots', join(process.cwd(), 'src')] : []),
    ...rest,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      QUADRILLE_TESTS: kind,
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
      NODE_COMPILE_CACHE: compiled,
    },
  },
);
rmSync(compiled, { recursive: true, force: true });
process.exit(status ?? 1);
