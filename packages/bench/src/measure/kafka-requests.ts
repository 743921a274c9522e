import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** API keys of frequent requests in Kafka's protocol (https://kafka.apache.org/protocol#protocol_api_keys). */
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

/** The environment that makes a service count its Kafka requests; `folder` receives the counts. */
export const countingRequests = (folder: string): Record<string, string> => ({
  QUADRILLE_BENCH_COUNTS: folder,
  NODE_OPTIONS: `--import=${COUNTER.href}`,
});

/** Kafka requests of all these services since their start, by kind. They are counted at the sockets, independent of the client. */
export async function requestsUntilNow(folder: string, pids: readonly number[]): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const counts of await Promise.all(pids.map((pid) => countsOf(folder, pid)))) {
    for (const [api, count] of Object.entries(counts)) {
      const kind = KINDS[api] ?? 'other';
      all[kind] = (all[kind] ?? 0) + count;
    }
  }
  return all;
}

async function countsOf(folder: string, pid: number): Promise<Record<string, number>> {
  const file = join(folder, `${pid}.json`);
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const deadline = Date.now() + ANSWERS_WITHIN_MS;
  while (!existsSync(file)) {
    if (Date.now() > deadline) throw new Error(`Process ${pid} did not report its Kafka requests.`);
    await pause(LOOK_EVERY_MS);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
}
