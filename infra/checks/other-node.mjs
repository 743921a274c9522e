// Runs the pure specs, the build and one PostgreSQL spec on the other supported Node: 24 under 22, 22 under anything newer. Also checks that
// a Node that is too old hands over to a supported one. Node comes from npm; if the registry is unreachable, it prints that and succeeds.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The version of the images, the oldest supported one, and one that is too old. */
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
  console.log(`- Node ${version}: not available here; tested on ${process.versions.node} only`);
  process.exit();
}
const commands = [
  ['infra/local/install.mjs'],
  ['infra/checks/jest.mjs', 'unit', '--silent'],
  ['infra/checks/jest.mjs', 'int', 'packages/nest/src/boot-service', '--silent'],
];
const failed = commands.filter((command) => on(version, command, 'inherit').status !== 0);
console.log(`${failed.length === 0 ? '✓' : '✗'} Node ${version}, in addition to ${process.versions.node}`);

const runs = versionOn(TOO_OLD, ['infra/local/node.mjs', 'infra/checks/node-version.mjs']);
console.log(
  `${runs === NEW ? '✓' : '✗'} Node ${TOO_OLD} hands over to ${NEW}${runs === NEW ? '' : `, not to ${runs}`}`,
);
process.exit(failed.length === 0 && runs === NEW ? 0 : 1);
