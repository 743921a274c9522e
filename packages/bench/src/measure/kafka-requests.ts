import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** API keys of Kafka's protocol that a service uses all the time (https://kafka.apache.org/protocol#protocol_api_keys). */
const KINDS: Readonly<Record<string, string>> = {
  0: 'Produce',
  1: 'Fetch',
  3: 'Metadata',
  8: 'OffsetCommit',
  12: 'Heartbeat',
};
const COUNTER = new URL('../../wire-counter.mjs', import.meta.url);
const ANSWERS_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 5;

/** The environment that makes a service count what it asks of Kafka; `folder` is where the counts go. */
export const countingRequests = (folder: string): Record<string, string> => ({
  QUADRILLE_BENCH_COUNTS: folder,
  NODE_OPTIONS: `--import=${COUNTER.href}`,
});

/** Requests to Kafka since they started, of all these services together, by kind. Counted at their sockets, so the same for every client. */
export async function requestsUntilNow(folder: string, pids: readonly number[]): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const counts of await Promise.all(pids.map((pid) => ask(folder, pid)))) {
    for (const [api, count] of Object.entries(counts)) {
      const kind = KINDS[api] ?? 'other';
      all[kind] = (all[kind] ?? 0) + count;
    }
  }
  return all;
}

async function ask(folder: string, pid: number): Promise<Record<string, number>> {
  const file = join(folder, `${pid}.json`);
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const deadline = Date.now() + ANSWERS_WITHIN_MS;
  while (!existsSync(file)) {
    if (Date.now() > deadline) throw new Error(`Process ${pid} does not tell its requests to Kafka.`);
    await pause(LOOK_EVERY_MS);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
}
