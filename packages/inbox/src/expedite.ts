import type { Tx } from './tx.js';

// What another instance holds is being tried at this moment.
const EXPEDITE = `
  update parked set due_at = now()
   where id = any(array(
     select id from parked where state = 'retrying' and code = $1 and due_at > now() for update skip locked))`;

/** What was put off for this reason is due now, because the reason is gone. Says how many rows that were. */
export async function expedite(tx: Tx, code: string): Promise<number> {
  const { rowCount } = await tx.query(EXPEDITE, [code]);
  return rowCount ?? 0;
}
