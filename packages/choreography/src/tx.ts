/**
 * An open database transaction, as far as the rooms that share one need to know it: statements with parameters.
 * The service room makes it; outbox, inbox and the stores of a service write through it.
 */
export interface Tx {
  /** Runs one statement; the same text is prepared once per connection. Values go as parameters, never into the text. */
  query<Row extends object = Record<string, any>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}

/** A statement that changes something, and of whose answer nothing is asked but that it succeeds. */
export interface Write {
  readonly text: string;
  readonly values: readonly unknown[];
  /** What another transaction has made first where the row is there already (SQLSTATE 23505). */
  readonly fresh?: string;
}

/** Where the states of one aggregate are kept: two statements, whatever the number of keys. */
export interface Store<State = any> {
  /**
   * Loads the states of these keys (unique, sorted) and locks their rows for the transaction, in key order.
   * A key without a row is left out: its state is the aggregate's initial one.
   */
  load(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, State>>;
  /**
   * Stores what has changed. Must notice when a row that `load` did not find has appeared meanwhile, and then throw
   * {@link Conflict}: the whole batch is run again.
   */
  save(tx: Tx, changed: readonly Change<State>[]): Promise<void>;
  /**
   * The same as `save`, as statements. A batch then sends its commit with them, in one packet: so what must hold is for the database to
   * notice, not for who reads its answer. Without it the commit waits for `save`.
   */
  writes?(changed: readonly Change<State>[]): readonly Write[];
}

/** One state before and after a batch, and what was said about it, in order. */
export interface Change<State = any> {
  readonly key: string;
  /** Undefined when there was no row. */
  readonly before: State | undefined;
  readonly after: State;
  /** The events that changed it, with their identity and time: for stores that keep a history. */
  readonly events: readonly { readonly id: string; readonly type: string; readonly data: any; readonly at: string }[];
}

/** Another transaction was faster: nothing is lost, the batch is run again on what that one left. */
export class Conflict extends Error {
  constructor(what: string) {
    super(`Another transaction changed ${what} first.`);
    this.name = 'Conflict';
  }
}
