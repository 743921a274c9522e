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
