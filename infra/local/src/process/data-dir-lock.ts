import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalProcess } from './child.js';
import { type Identity, identityOf, stillRuns } from './identity.js';
import { until } from './until.js';

type Claim = { server: Identity; owner: Identity };

const FILE = 'running.json';
const GRACE_MS = 10_000;
const DYING_WITHIN_MS = 1_000;

/** Records the server that runs on `dataDir` and its owner, so that a later start can identify a leftover. */
export function lockDataDir(dataDir: string, pid: number): void {
  const written: Claim = { server: running(pid), owner: running(process.pid) };
  writeFileSync(join(dataDir, FILE), JSON.stringify(written));
}

/** Removes the record after the server has ended. */
export function unlockDataDir(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true });
}

/**
 * Stops the server that still runs on `dataDir` after the death of its owner.
 * Throws if the owner runs: two owners of one data folder are a mistake.
 */
export async function endLeftover(dataDir: string, name: string, signal: NodeJS.Signals): Promise<void> {
  const found = read(dataDir);
  if (!found || !stillRuns(found.server)) return;
  if (stillRuns(found.owner)) {
    const inUse = `${name} of ${dataDir} is in use by process ${found.owner.pid}: stop that process first, it still runs`;
    // A server killed a moment ago may still be ending.
    return until(inUse, DYING_WITHIN_MS, () => !stillRuns(found.server));
  }
  await end(found.server, name, signal);
  unlockDataDir(dataDir);
}

async function end(server: Identity, name: string, signal: NodeJS.Signals): Promise<void> {
  const killAfter = Date.now() + GRACE_MS;
  signalProcess(server.pid, signal);
  await until(`The ${name} that an earlier run left (process ${server.pid}) has not ended`, 2 * GRACE_MS, () => {
    if (stillRuns(server) && Date.now() > killAfter) signalProcess(server.pid, 'SIGKILL');
    return !stillRuns(server);
  });
}

const running = (pid: number): Identity => identityOf(pid) ?? { pid, born: 'ended already' };

function read(dataDir: string): Claim | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as Claim;
  } catch {
    return undefined;
  }
}
