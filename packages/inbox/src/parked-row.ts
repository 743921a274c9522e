/** A message that could not be taken: what it is, why it waits, and for what. */
export interface ParkedRow {
  readonly step: string;
  /** UUID. */
  readonly messageId: string;
  readonly key: string;
  /** The original record, anything JSON can say. */
  readonly message: unknown;
  /** `retrying`: waits for its time. `dead`: waits for an operator. `queued`: waits only for those before it. */
  readonly state: 'retrying' | 'dead' | 'queued';
  readonly code: string;
  readonly cause: string;
  readonly attempts: number;
  /** After how long, by the clock of the database, a `retrying` one may be tried again; null for the others. */
  readonly pauseMs: number | null;
}

/** A parked row as it is kept. Ids are 64-bit numbers in decimal, in the order in which rows were parked. */
export interface StoredRow extends Omit<ParkedRow, 'pauseMs'> {
  readonly id: string;
  /** When it may be tried again; for `queued`, as soon as it is the first of its key; null for `dead`. */
  readonly dueAt: Date | null;
  readonly parkedAt: Date;
}

/** The columns of a {@link StoredRow}. */
export const STORED_ROW = `id, step, message_id as "messageId", key, message, state, code, cause, attempts,
  due_at as "dueAt", parked_at as "parkedAt"`;
