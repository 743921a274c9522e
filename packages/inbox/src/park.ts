import { storable, type Tx, type Write } from './accept.js';

/** A message that its step could not process, with the reason and the condition for another attempt. */
export interface ParkedRow {
  readonly step: string;
  /** UUID. */
  readonly messageId: string;
  readonly key: string;
  /** The original record: any JSON value. */
  readonly message: unknown;
  /** `retrying`: waits until it is due. `dead`: waits for an operator. `queued`: waits only for earlier messages of its key. */
  readonly state: 'retrying' | 'dead' | 'queued';
  readonly code: string;
  readonly cause: string;
  readonly attempts: number;
  /** Pause before the next attempt of a `retrying` row, in ms by the clock of the database; null for the other states. */
  readonly pauseMs: number | null;
}

/** A stored parked row. Ids are 64-bit numbers in decimal, in the order of parking. */
export interface StoredRow extends Omit<ParkedRow, 'pauseMs'> {
  readonly id: string;
  /** Time of the next attempt. A `queued` row is due as soon as it is the first of its key; null for `dead`. */
  readonly dueAt: Date | null;
  readonly parkedAt: Date;
}

/** The columns of a {@link StoredRow}. */
export const STORED_ROW = `id, step, message_id as "messageId", key, message, state, code, cause, attempts,
  due_at as "dueAt", parked_at as "parkedAt"`;

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
  if (rows.length > 0) await tx.query(RESCHEDULE, [JSON.stringify(rows.map(rescheduledColumns))]);
}

const rescheduledColumns = ({ id, code, cause, attempts, pauseMs }: Rescheduled) => ({
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
