// Runs a script of this repository on a supported Node: node infra/local/node.mjs SCRIPT [ARGUMENT]…
// If that Node is older, the registry's Node package is installed into .node/ and used instead, with its folder first on the
// PATH, so that npm, npx and every child use it too.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onNpmGone } from './ancestors.mjs';
import { isSupported, OLDEST_NODE } from './supported-node.mjs';

/** The version to install on machines with an older one; the same line as in the images (infra/docker/Dockerfile). */
const VERSION = '24.22.3';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOME = join(ROOT, '.node', VERSION);
const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const BINARY = join(HOME, 'node_modules', PACKAGE, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const [script, ...args] = process.argv.slice(2);
if (!script) fail('Usage: node infra/local/node.mjs SCRIPT [ARGUMENT]…');

if (isSupported()) {
  process.argv = [process.execPath, resolve(script), ...args];
  await import(pathToFileURL(resolve(script)));
} else {
  if (!existsSync(BINARY)) install();
  run();
}

/** Installs into a temporary folder first, because two commands may do this concurrently. */
function install() {
  console.log(
    `Node ${process.versions.node} is older than ${OLDEST_NODE.join('.')}: installing Node ${VERSION} into .node/`,
  );
  const folder = `${HOME}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', '--prefix', folder, ...options, `${PACKAGE}@${VERSION}`], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status === 0 && !existsSync(BINARY)) renameSync(folder, HOME);
  rmSync(folder, { recursive: true, force: true });
  if (status === 0) return;
  fail(
    `Quadrille needs Node ${OLDEST_NODE.join('.')} or newer, and Node ${VERSION} could not be installed. See https://nodejs.org`,
  );
}

function run() {
  const env = { ...process.env, PATH: [dirname(BINARY), process.env.PATH].join(delimiter) };
  const child = spawn(BINARY, [script, ...args], { stdio: 'inherit', env });
  const passOn = (signal) => child.kill(signal);
  onNpmGone(() => passOn('SIGTERM'));
  process.on('SIGTERM', passOn);
  process.on('SIGHUP', passOn);
  // The terminal also sends Ctrl-C to the child; passing it on would count as a second one.
  process.on('SIGINT', (signal) => process.stdin.isTTY || passOn(signal));
  child.on('error', (error) =>
    fail(`Node ${VERSION} in .node/ does not start (${error.message}). Remove that folder.`),
  );
  child.on('exit', (code, signal) => {
    process.removeAllListeners(signal ?? 'SIGTERM');
    if (signal) process.kill(process.pid, signal);
    else process.exit(code);
  });
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
