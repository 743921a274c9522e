// The pure specs, the build and one real PostgreSQL on the other supported Node: 24 under 22, 22 under anything newer; and that a Node
// which is too old hands over to one that is not. Node comes from npm; where that cannot be reached, it is said and nothing fails.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Of the images, the oldest that is supported, and one that is too old. */
const NEW = '24.22.3';
const OLD = '22.22.0';
const TOO_OLD = '20.19.5';

const root = fileURLToPath(new URL('../..', import.meta.url));
const version = process.versions.node.startsWith('22.') ? NEW : OLD;
const on = (version, args, stdio) => {
  const node = ['exec', '--yes', `--package=node-${process.platform}-${process.arch}@${version}`, '--', 'node'];
  return spawnSync('npm', [...node, ...args], { cwd: root, stdio, encoding: 'utf8' });
};
const versionOn = (version, args) => on(version, args, ['ignore', 'pipe', 'ignore']).stdout?.trim().split('\n').at(-1);

if (versionOn(version, ['--version']) !== `v${version}`) {
  console.log(`- Node ${version}: not to be had here; tested on ${process.versions.node} only`);
  process.exit();
}
const commands = [
  ['infra/local/install.mjs'],
  ['infra/checks/jest.mjs', 'unit', '--silent'],
  ['infra/checks/jest.mjs', 'int', 'packages/nest/src/boot-service', '--silent'],
];
const failed = commands.filter((command) => on(version, command, 'inherit').status !== 0);
console.log(`${failed.length === 0 ? '✓' : '✗'} Node ${version}, beside ${process.versions.node}`);

const runs = versionOn(TOO_OLD, ['infra/local/node.mjs', 'infra/checks/node-version.mjs']);
console.log(
  `${runs === NEW ? '✓' : '✗'} Node ${TOO_OLD} hands over to ${NEW}${runs === NEW ? '' : `, not to ${runs}`}`,
);
process.exit(failed.length === 0 && runs === NEW ? 0 : 1);
