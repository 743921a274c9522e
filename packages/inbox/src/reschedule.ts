import type { ParkedRow, StoredRow } from './parked-row.js';
import { storable } from './storable.js';
import type { Tx } from './tx.js';

/** A parked row after a failed retry. `pauseMs` null: the row becomes `dead` and waits for an operator. */
export type Rescheduled = Pick<StoredRow & ParkedRow, 'id' | 'code' | 'cause' | 'attempts' | 'pauseMs'>;

const RESCHEDULE = `
  update parked
     set state = case when r.pause_ms is null then 'dead' else 'retrying' end,
         code = r.code, cause = r.cause, attempts = r.attempts,
         due_at = now() + r.pause_ms * interval '1 millisecond'
    from json_to_recordset($1) as r (id bigint, code text, cause text, attempts integer, pause_ms float8)
   where parked.id = r.id`;

/** Leaves rows of {@link takeDue} parked for another attempt. */
export async function reschedule(tx: Tx, rows: readonly Rescheduled[]): Promise<void> {
  if (rows.length > 0) await tx.query(RESCHEDULE, [JSON.stringify(rows.map(columnsOf))]);
}

const columnsOf = ({ id, code, cause, attempts, pauseMs }: Rescheduled) => ({
  id,
  code: storable(code),
  cause: storable(cause),
  attempts,
  pause_ms: pauseMs,
});

/** Deletes rows of {@link takeDue} that were processed. The next row of each key becomes due. */
export async function unpark(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.query('delete from parked where id = any($1::bigint[])', [ids]);
}
