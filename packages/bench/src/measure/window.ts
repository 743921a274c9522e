import type { Shop } from '../systems/shop.js';
import { cpuMicros } from './cpu.js';
import { memoryBytes } from './memory.js';
import { statementsUntilNow } from './statements.js';

/** What was used between two moments. Figures that cannot be had on this machine are absent. */
export interface Used {
  readonly seconds: number;
  /** Microseconds of CPU by process. */
  readonly cpuMicros: Readonly<Record<string, number>>;
  /** Bytes by process, at the end. */
  readonly memoryBytes: Readonly<Record<string, number>>;
  readonly statements: number;
}

/** Begins to measure; the function it resolves to ends it and says what was used. */
export async function beginWindow(shop: Shop): Promise<() => Promise<Used>> {
  const statementsBefore = await statementsUntilNow(shop.superuserUrl);
  const before = byProcess(shop, cpuMicros);
  const began = performance.now();
  return async () => {
    const seconds = (performance.now() - began) / 1_000;
    const after = byProcess(shop, cpuMicros);
    const statements = (await statementsUntilNow(shop.superuserUrl)) - statementsBefore;
    const used = Object.entries(after).map(([name, micros]) => [name, micros - before[name]!]);
    return { seconds, cpuMicros: Object.fromEntries(used), memoryBytes: byProcess(shop, memoryBytes), statements };
  };
}

function byProcess(
  { processes }: Shop,
  measure: (pids: readonly number[]) => number | undefined,
): Record<string, number> {
  const entries = Object.entries(processes).map(([name, pids]) => [name, measure(pids)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => entry[1] !== undefined));
}
