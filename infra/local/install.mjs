// What npm start, npm run dev and npm test do first, so that a fresh clone needs nothing but Node and npm.
// Plain Node without packages, because it runs before there are any.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmAbove } from './ancestors.mjs';
import { isSupported, OLDEST_NODE } from './supported-node.mjs';

/** The folder of the repository. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LOCK = join(ROOT, 'package-lock.json');
/** Written by npm at the end of every installation. */
const INSTALLED = join(ROOT, 'node_modules/.package-lock.json');
/** Which package-lock.json we installed: git touches the file's time when it comes back to the same content. */
const STAMP = join(ROOT, 'node_modules/.quadrille-lock');

/** Makes sure that Node is new enough, the packages are installed and everything is built. Leaves with a sentence if not. */
export function installed() {
  const npmIsThere = npmAbove();
  checkNode();
  if (isStale()) install();
  build();
  buildPages();
  // Who asked for it is gone, and nothing would end what we start now.
  if (!npmIsThere()) process.exit(1);
}

function checkNode() {
  if (isSupported()) return;
  fail(
    `Quadrille needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}. npm start, npm test and the other npm scripts bring one.`,
  );
}

function isStale() {
  if (!existsSync(INSTALLED)) return true;
  if (statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs) return false;
  return !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== lockHash();
}

function install() {
  const why = existsSync(INSTALLED) ? 'package-lock.json is newer than node_modules' : 'this is the first time';
  console.log(`Installing the packages with npm ci, because ${why}. This takes up to a minute.`);
  // Whatever the environment says (NODE_ENV=production, omit=optional): the compiler and PostgreSQL are among these.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = npm(args);
  if (error) fail(`npm cannot be started (${error.message}): install it together with Node from https://nodejs.org`);
  if (status !== 0) fail('npm ci failed; what it says above is the reason.');
  writeFileSync(STAMP, lockHash());
}

/** The npm that runs us, where one does. */
function npm(args) {
  const options = { cwd: ROOT, stdio: 'inherit' };
  const cli = process.env.npm_execpath || '';
  if (/npm-cli\.c?js$/.test(cli)) return spawnSync(process.execPath, [cli, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** One compiler for all packages: what is built already takes a fraction of a second. */
function build() {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  console.log('Building what has changed.');
  const { status } = spawnSync(process.execPath, [compiler, '-b', ...projects()], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) fail('The build failed; what it says above is the reason.');
}

/** The pages of the storefront; the bundler looks at everything, so it is asked only when something is newer than what it made. */
function buildPages() {
  const web = join(ROOT, 'apps/storefront/web');
  const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'].map((name) => join(web, name));
  const packages = ['choreography', 'contracts'].map((name) => join(ROOT, 'packages', name, 'dist'));
  const page = join(web, 'dist/public/index.html');
  if (existsSync(page) && newest([...sources, ...packages]) <= statSync(page).mtimeMs) return;
  console.log('Building the pages of the storefront.');
  const bundler = join(ROOT, 'node_modules/vite/bin/vite.js');
  const { status } = spawnSync(process.execPath, [bundler, 'build', '--logLevel', 'warn'], {
    cwd: web,
    stdio: 'inherit',
  });
  if (status !== 0) fail('The pages could not be built; what it says above is the reason.');
}

/** When the youngest of these files, or of those within these folders, was changed. */
function newest(paths) {
  const times = paths.map((path) => {
    const entry = statSync(path);
    return entry.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : entry.mtimeMs;
  });
  return Math.max(0, ...times);
}

/** Every workspace that has something to compile. */
function projects() {
  const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const folders = workspaces.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(ROOT, pattern.slice(0, -2))).map((name) => join(pattern.slice(0, -2), name))
      : [pattern],
  );
  return folders.filter((folder) => existsSync(join(ROOT, folder, 'tsconfig.json')));
}

function lockHash() {
  return createHash('sha256').update(readFileSync(LOCK)).digest('hex');
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) installed();
