import type { Tx } from './tx.js';

// Skips rows that another instance has locked for a retry at this moment.
const EXPEDITE = `
  update parked set due_at = now()
   where id = any(array(
     select id from parked where state = 'retrying' and code = $1 and due_at > now() for update skip locked))`;

/** Makes rows due that were postponed with this code, because the reason is gone. Returns their number. */
export async function expedite(tx: Tx, code: string): Promise<number> {
  const { rowCount } = await tx.query(EXPEDITE, [code]);
  return rowCount ?? 0;
}
