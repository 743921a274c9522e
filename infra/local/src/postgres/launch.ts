import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type Child, startChild } from '../process/child.js';
import { lockDataDir, unlockDataDir } from '../process/data-dir-lock.js';
import { untilReady } from '../process/until.js';
import type { Account } from './account.js';
import type { Cluster } from './data.js';
import { runAs } from './run-as.js';

/** The parameters of a postmaster. url: the superuser's URL for the readiness check. */
export type Launch = {
  dataDir: string;
  binaries: string;
  cluster: Cluster;
  settings: Record<string, string>;
  account: Account | undefined;
  url: string;
};

/** The limit for the server to write its memory to disk. */
export const STOP_WITHIN_MS = 30_000;
const READY_WITHIN_MS = 60_000;
/** PostgreSQL refuses to start while processes of a killed server still use its shared memory; they end within moments. */
const STILL_HELD = 'pre-existing shared memory block';
const STILL_HELD_WITHIN_MS = 10_000;

/** Starts the postmaster and waits until it accepts connections. Its log is `postgres.log` in dataDir. */
export async function launch(start: Launch): Promise<Child> {
  const logFile = join(start.dataDir, 'postgres.log');
  const deadline = Date.now() + STILL_HELD_WITHIN_MS;
  for (;;) {
    const from = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const child = await spawnPostmaster(start, logFile);
    try {
      await untilReady('PostgreSQL', child, READY_WITHIN_MS, () => answers(start.url));
      return child;
    } catch (error) {
      await child.end(STOP_WITHIN_MS);
      unlockDataDir(start.dataDir);
      const logTail = readFileSync(logFile).subarray(from).toString().trim();
      if (logTail.includes(STILL_HELD) && Date.now() < deadline) continue;
      throw new Error(`${(error as Error).message} Log: ${logTail || '(empty)'}`);
    }
  }
}

async function spawnPostmaster(
  { dataDir, binaries, cluster, settings, account }: Launch,
  logFile: string,
): Promise<Child> {
  const log = openSync(logFile, 'a');
  const runner = runAs(account, cluster.folder, ['ignore', log, log]);
  // The last setting has no effect in PostgreSQL; it identifies the process for users and later starts.
  const all = { ...settings, 'quadrille.folder': cluster.folder };
  const args = ['-D', runner.folder, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  try {
    // SIGINT is PostgreSQL's fast shutdown: clients are disconnected, all data is written.
    const child = await startChild(join(binaries, 'bin/postgres'), args, runner.options, 'SIGINT');
    lockDataDir(dataDir, child.pid);
    return child;
  } finally {
    runner.close();
    closeSync(log);
  }
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
