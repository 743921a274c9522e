import type { Tx } from '@quadrille/choreography';
import type { KeptRow } from './parked-row.js';
import { storable } from './storable.js';

/** What came of a row that was tried again and failed. `dueAt` null: it waits for an operator. */
export type Postponed = Pick<KeptRow, 'id' | 'code' | 'cause' | 'attempts' | 'dueAt'>;

const POSTPONE = `
  update parked
     set state = case when r.due_at is null then 'dead' else 'retrying' end,
         code = r.code, cause = r.cause, attempts = r.attempts, due_at = r.due_at
    from json_to_recordset($1) as r (id bigint, code text, cause text, attempts integer, due_at timestamptz)
   where parked.id = r.id`;

/** Leaves rows that {@link takeDue} gave where they are, for another time. */
export async function postpone(tx: Tx, rows: readonly Postponed[]): Promise<void> {
  if (rows.length > 0) await tx.query(POSTPONE, [JSON.stringify(rows.map(columnsOf))]);
}

const columnsOf = ({ id, code, cause, attempts, dueAt }: Postponed) => ({
  id,
  code: storable(code),
  cause: storable(cause),
  attempts,
  due_at: dueAt,
});

/** Removes rows that {@link takeDue} gave: they are done, and the next of their keys is due. */
export async function unpark(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.query('delete from parked where id = any($1::bigint[])', [ids]);
}
