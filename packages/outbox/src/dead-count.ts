import type { Tx } from './tx.js';

/** Counts records that can never be sent, for metrics. */
export async function deadCount(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ dead: number }>('select count(*)::float8 as dead from outbox_dead');
  return rows[0]!.dead;
}
