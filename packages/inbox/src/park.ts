import type { ParkedRow } from './parked-row.js';
import { storable } from './storable.js';
import type { Tx, Write } from './tx.js';

// A queued row is due at once: it waits for its predecessors, not for a time. Times come from the database clock: a process with
// a wrong clock would retry without a pause, or never.
const PARK = `
  insert into parked (step, message_id, key, message, state, code, cause, attempts, due_at)
  select step, message_id, key, message::json, state, code, cause, attempts,
         case state when 'queued' then now() when 'retrying' then now() + pause_ms * interval '1 millisecond' end
    from rows from (json_to_recordset($1) as (step text, message_id uuid, key text, message text, state text,
                                              code text, cause text, attempts integer, pause_ms float8))
         with ordinality as p (step, message_id, key, message, state, code, cause, attempts, pause_ms, at)
   order by at
  on conflict (step, message_id) do nothing`;

/** Parks messages in the order given. From now on, `accept` returns `waiting` for later messages of their keys. */
export async function park(tx: Tx, rows: readonly ParkedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { text, values } = parking(rows);
  await tx.query(text, values);
}

/** {@link park} as a statement. */
export const parking = (rows: readonly ParkedRow[]): Write => ({
  text: PARK,
  values: [JSON.stringify(rows.map(columnsOf))],
});

const columnsOf = ({ step, messageId, key, message, state, code, cause, attempts, pauseMs }: ParkedRow) => ({
  step,
  message_id: messageId,
  key: storable(key),
  message: JSON.stringify(message) ?? 'null',
  state,
  code: storable(code),
  cause: storable(cause),
  attempts,
  pause_ms: pauseMs,
});
