import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type Child, startChild } from '../process/child.js';
import { lockDataDir, unlockDataDir } from '../process/data-dir-lock.js';
import { untilReady } from '../process/until.js';
import type { Account } from './account.js';
import type { Cluster } from './data.js';
import { runAs } from './run-as.js';

/** Everything a postmaster needs to start. url: by which the superuser reaches it, to see when it is ready. */
export type Launch = {
  dataDir: string;
  binaries: string;
  cluster: Cluster;
  settings: Record<string, string>;
  account: Account | undefined;
  url: string;
};

/** How long a server may take to write what is in its memory. */
export const STOP_WITHIN_MS = 30_000;
const READY_WITHIN_MS = 60_000;
/** PostgreSQL refuses to start while processes of a killed server still hold its memory; they end within moments. */
const STILL_HELD = 'pre-existing shared memory block';
const STILL_HELD_WITHIN_MS = 10_000;

/** Starts the postmaster and waits until it takes connections. Its log goes to `postgres.log` in dataDir. */
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
      const said = readFileSync(logFile).subarray(from).toString().trim();
      if (said.includes(STILL_HELD) && Date.now() < deadline) continue;
      throw new Error(`${(error as Error).message} It said: ${said || 'nothing'}`);
    }
  }
}

async function spawnPostmaster(
  { dataDir, binaries, cluster, settings, account }: Launch,
  logFile: string,
): Promise<Child> {
  const log = openSync(logFile, 'a');
  const ground = runAs(account, cluster.folder, ['ignore', log, log]);
  // The last one means nothing to PostgreSQL; it tells people and later starts whose process this is.
  const all = { ...settings, 'quadrille.folder': cluster.folder };
  const args = ['-D', ground.folder, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  try {
    // SIGINT is PostgreSQL's fast shutdown: clients are disconnected, everything is written.
    const child = await startChild(join(binaries, 'bin/postgres'), args, ground.options, 'SIGINT');
    lockDataDir(dataDir, child.pid);
    return child;
  } finally {
    ground.close();
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
