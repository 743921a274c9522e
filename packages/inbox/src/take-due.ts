import { STORED_ROW, type StoredRow } from './parked-row.js';
import type { Tx } from './tx.js';

// Skips a row that another instance has locked. That row still counts as the first of its key, so its successor stays parked.
const TAKE_DUE = `
  select ${STORED_ROW}
    from parked p
   where state <> 'dead' and due_at <= now() and step <> all($2::text[])
     and not exists (select from parked earlier where earlier.key = p.key and earlier.id < p.id)
   order by due_at, id
   limit $1
     for update of p skip locked`;

/**
 * Takes the first due row of each key, at most `limit`, and locks them until the transaction ends, so that no other instance
 * redrives the same key. A key whose first row is dead waits for an operator. Rows of `otherSteps` are skipped: another service in the
 * same database owns them.
 */
export async function takeDue(tx: Tx, limit: number, otherSteps: readonly string[] = []): Promise<StoredRow[]> {
  const { rows } = await tx.query<StoredRow>(TAKE_DUE, [limit, otherSteps]);
  return rows;
}
