import type { Shop } from '../systems/shop.js';
import { cpuMicros } from './cpu.js';
import { requestsUntilNow } from './kafka-requests.js';
import { memoryBytes } from './memory.js';
import { statementsUntilNow } from './statements.js';

/** Resources used between two moments. Figures that this machine cannot measure are absent. */
export interface Used {
  readonly seconds: number;
  /** Microseconds of CPU by process. */
  readonly cpuMicros: Readonly<Record<string, number>>;
  /** Bytes by process at the end. */
  readonly memoryBytes: Readonly<Record<string, number>>;
  readonly statements: number;
  /** Requests of the services to Kafka, by kind. */
  readonly kafkaRequests: Readonly<Record<string, number>>;
}

/** Starts a measurement; the returned function ends it and returns the resources used. */
export async function beginWindow(shop: Shop): Promise<() => Promise<Used>> {
  const statementsBefore = await statementsUntilNow(shop.superuserUrl);
  const requestsBefore = await requestsUntilNow(shop.counting.folder, shop.counting.pids);
  const before = byProcess(shop, cpuMicros);
  const began = performance.now();
  return async () => {
    const seconds = (performance.now() - began) / 1_000;
    const after = byProcess(shop, cpuMicros);
    const statements = (await statementsUntilNow(shop.superuserUrl)) - statementsBefore;
    return {
      seconds,
      cpuMicros: difference(after, before),
      memoryBytes: byProcess(shop, memoryBytes),
      statements,
      kafkaRequests: difference(await requestsUntilNow(shop.counting.folder, shop.counting.pids), requestsBefore),
    };
  };
}

const difference = (after: Readonly<Record<string, number>>, before: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));

function byProcess(
  { processes }: Shop,
  measure: (pids: readonly number[]) => number | undefined,
): Record<string, number> {
  const entries = Object.entries(processes).map(([name, pids]) => [name, measure(pids)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => entry[1] !== undefined));
}
