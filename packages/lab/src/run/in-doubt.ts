import { setTimeout as pause } from 'node:timers/promises';
import { type Databases, query } from './servers.js';

const LOOK_EVERY_MS = 50;

/** The number of transactions prepared before that time, in epoch milliseconds, that still hold their locks. */
export async function preparedBefore({ superuserUrl }: Pick<Databases, 'superuserUrl'>, at: number): Promise<number> {
  const [row] = await query<{ count: number }>(
    superuserUrl,
    `select count(*)::int as count from pg_prepared_xacts where gid like 'lab:%' and prepared < to_timestamp($1)`,
    [at / 1_000],
  );
  return row!.count;
}

/** Waits until a condition holds, for `withinMs` at most. Resolves with whether it holds. */
export async function until(holds: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (await holds()) return true;
    if (Date.now() >= deadline) return false;
    await pause(LOOK_EVERY_MS);
  }
}
