// The first step of npm start, npm run dev and npm test, so that a fresh clone needs only Node and npm.
// Plain Node without packages, because it runs before their installation.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmAbove } from './ancestors.mjs';
import { isSupported, OLDEST_NODE } from './supported-node.mjs';

/** The root of the repository. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LOCK = join(ROOT, 'package-lock.json');
/** npm writes this file at the end of every installation. */
const INSTALLED = join(ROOT, 'node_modules/.package-lock.json');
/** Records the installed package-lock.json by content, because git changes the file's time when it restores the same content. */
const STAMP = join(ROOT, 'node_modules/.quadrille-lock');

/** Ensures that Node is new enough, the packages are installed and everything is built. Exits with a message otherwise. */
export function installed() {
  const npmIsThere = npmAbove();
  checkNode();
  if (isStale()) install();
  build();
  buildPages();
  // Without npm, nothing would stop the processes that start now.
  if (!npmIsThere()) process.exit(1);
}

function checkNode() {
  if (isSupported()) return;
  fail(
    `Quadrille needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}. npm start, npm test and the other npm scripts install one.`,
  );
}

function isStale() {
  if (!existsSync(INSTALLED)) return true;
  if (statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs) return false;
  return !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== lockHash();
}

function install() {
  const why = existsSync(INSTALLED) ? 'package-lock.json is newer than node_modules' : 'node_modules does not exist';
  console.log(`Installing the packages with npm ci, because ${why}. This takes up to a minute.`);
  // Independent of NODE_ENV=production and omit=optional: the compiler and PostgreSQL are among these packages.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = npm(args);
  if (error) fail(`npm cannot be started (${error.message}): install it together with Node from https://nodejs.org`);
  if (status !== 0) fail('npm ci failed; see the output above.');
  writeFileSync(STAMP, lockHash());
}

/** The npm that runs this process, if any. */
function npm(args) {
  const options = { cwd: ROOT, stdio: 'inherit' };
  const cli = process.env.npm_execpath || '';
  if (/npm-cli\.c?js$/.test(cli)) return spawnSync(process.execPath, [cli, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** One compiler run for all packages; up-to-date ones take a fraction of a second. */
function build() {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  console.log('Building changed packages.');
  const { status } = spawnSync(process.execPath, [compiler, '-b', ...projects()], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) fail('The build failed; see the output above.');
}

/** Builds the storefront's pages. The bundler always rebuilds all, so it runs only if a source is newer than its output. */
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
  if (status !== 0) fail('The build of the pages failed; see the output above.');
}

/** The latest modification time of these files and of the files within these folders. */
function newest(paths) {
  const times = paths.map((path) => {
    const entry = statSync(path);
    return entry.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : entry.mtimeMs;
  });
  return Math.max(0, ...times);
}

/** Every workspace to compile. */
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
