import type { Tx } from './tx.js';

// Skips what another instance is forgetting at the same time.
const PURGE = `
  delete from inbox
   where ctid = any(array(
     select ctid from inbox
      where accepted_at < now() - make_interval(secs => $1)
      order by accepted_at
      limit $2
        for update skip locked))`;

/**
 * Forgets at most `limit` messages that were accepted more than `olderThanSeconds` ago, and says how many. Whoever calls it
 * goes on while it was `limit`. The age must exceed the time for which a topic can be read again.
 */
export async function purge(tx: Tx, olderThanSeconds: number, limit: number): Promise<number> {
  const { rowCount } = await tx.query(PURGE, [olderThanSeconds, limit]);
  return rowCount ?? 0;
}
