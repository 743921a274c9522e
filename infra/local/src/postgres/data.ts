import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { commandLine } from '../../ancestors.mjs';
import type { Account } from './account.js';
import { runAs } from './run-as.js';

/** The files of a cluster and the superuser's password. */
export type Cluster = { folder: string; password: string };

/** Password authentication for all roles, because every user of the machine can reach the loopback interface. */
const INITDB = ['-U', 'postgres', '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--no-sync'];

/** The cluster in `dataDir`; created if missing. */
export function openCluster(dataDir: string, binaries: string, account: Account | undefined): Cluster {
  const folder = join(realpathSync(dataDir), 'data');
  const passwordFile = join(dataDir, 'superuser-password');
  if (!existsSync(join(folder, 'PG_VERSION')) || !existsSync(passwordFile)) {
    initialise(folder, passwordFile, binaries, account);
  }
  if (account && statSync(folder).uid !== account.uid)
    spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, folder]);
  removeStaleLock(folder);
  return { folder, password: readFileSync(passwordFile, 'utf8') };
}

function initialise(folder: string, passwordFile: string, binaries: string, account: Account | undefined): void {
  const drafts = `${folder}-draft-`;
  const isOurs = (name: string) => name === basename(folder) || name.startsWith(basename(drafts));
  for (const name of readdirSync(dirname(folder)).filter(isOurs)) {
    rmSync(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
  // In a folder of its own: if this process is killed, initdb continues for a moment, perhaps beside the next start.
  const draft = mkdtempSync(drafts);
  if (account) chownSync(draft, account.uid, account.gid);
  const password = randomBytes(18).toString('base64url');
  const failure = runInitdb(draft, password, binaries, account);
  if (failure) throw new Error(`PostgreSQL could not make its data folder ${folder}: ${failure}`);
  renameSync(draft, folder);
  // Written last, because it marks the folder as complete.
  writeFileSync(passwordFile, password, { mode: 0o600 });
}

function runInitdb(
  folder: string,
  password: string,
  binaries: string,
  account: Account | undefined,
): string | undefined {
  const safe = mkdtempSync(join(tmpdir(), 'quadrille-initdb-'));
  const file = join(safe, 'password');
  const runner = runAs(account, folder, ['ignore', 'ignore', 'pipe']);
  try {
    writeFileSync(file, password, { mode: 0o600 });
    if (account) for (const path of [safe, file]) chownSync(path, account.uid, account.gid);
    const args = ['-D', runner.folder, ...INITDB, `--pwfile=${file}`];
    const ended = spawnSync(join(binaries, 'bin/initdb'), args, { ...runner.options, encoding: 'utf8' });
    return ended.status === 0 ? undefined : (ended.error?.message ?? ended.stderr);
  } finally {
    runner.close();
    rmSync(safe, { recursive: true, force: true });
  }
}

/** After SIGKILL the lock contains a pid that another process may use now; PostgreSQL would not start. */
function removeStaleLock(folder: string): void {
  const lock = join(folder, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
  if (!commandLine(pid)?.includes(folder)) rmSync(lock, { force: true });
}
