import type { Tx } from './accept.js';

// Skips rows that another instance is deleting at the same time.
const PURGE = `
  delete from inbox
   where ctid = any(array(
     select ctid from inbox
      where accepted_at < now() - make_interval(secs => $1)
      order by accepted_at
      limit $2
        for update skip locked))`;

const PURGE_DECISIONS = `
  delete from parked_audit
   where id = any(array(
     select id from parked_audit
      where at < now() - make_interval(secs => $1)
      order by id
      limit $2
        for update skip locked))`;

/**
 * Deletes at most `limit` operator actions on parked messages, with their copies of the messages, that are older than
 * `olderThanSeconds`, and returns their number.
 */
export async function purgeDecisions(tx: Tx, olderThanSeconds: number, limit: number): Promise<number> {
  const { rowCount } = await tx.query(PURGE_DECISIONS, [olderThanSeconds, limit]);
  return rowCount ?? 0;
}

/**
 * Deletes at most `limit` messages that were accepted more than `olderThanSeconds` ago and returns their number. The caller
 * repeats the call while the result equals `limit`. The age must exceed the time for which a topic can be read again.
 */
export async function purge(tx: Tx, olderThanSeconds: number, limit: number): Promise<number> {
  const { rowCount } = await tx.query(PURGE, [olderThanSeconds, limit]);
  return rowCount ?? 0;
}
