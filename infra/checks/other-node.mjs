// The pure specs, the build and one real PostgreSQL on the Node that is not running this: 24 under 20, 20 under anything newer.
// Node comes from npm; where that cannot be reached, it is said and nothing fails.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Of the images, and the oldest we promise. */
const NEW = '24.9.0';
const OLD = '20.19.5';

const root = fileURLToPath(new URL('../..', import.meta.url));
const version = process.versions.node.startsWith('20.') ? NEW : OLD;
const node = ['exec', '--yes', `--package=node-${process.platform}-${process.arch}@${version}`, '--', 'node'];
const run = (args, stdio) => spawnSync('npm', [...node, ...args], { cwd: root, stdio, encoding: 'utf8' });

const found = run(['--version'], ['ignore', 'pipe', 'ignore']).stdout?.trim();
if (found !== `v${version}`) {
  console.log(`- Node ${version}: not to be had here; tested on ${process.versions.node} only`);
  process.exit();
}
const commands = [
  ['infra/local/install.mjs'],
  ['infra/checks/jest.mjs', 'unit', '--silent'],
  ['infra/checks/jest.mjs', 'int', 'packages/service/src/boot-service', '--silent'],
];
const failed = commands.filter((command) => run(command, 'inherit').status !== 0);
console.log(`${failed.length === 0 ? '✓' : '✗'} Node ${version}, beside ${process.versions.node}`);
process.exit(failed.length === 0 ? 0 : 1);
