import type { DomainEvent } from './event.js';

/** A stateful entity of a service with one state per key, changed only by events. Pure: a {@link Store} loads and saves it. */
export interface Aggregate<State = any, S extends DomainEvent = any> {
  /** Also names its store: `payments`. */
  readonly name: string;
  /** The state of a key without events. */
  readonly initial: (key: string) => State;
  /**
   * Returns the state after an event: the same object if the event does not concern this state. A row that emits nothing applies
   * the event that it handled.
   */
  readonly evolve: (state: State, event: S, at: string) => State;
  /** A reference to the state of one key, for `loads`. */
  of(key: string): Ref<State>;
}

/** A reference to one state that a step loads. */
export interface Ref<State = any> {
  readonly aggregate: Aggregate<State>;
  readonly key: string;
}

/** Declares an aggregate by its name, its first state and its `evolve` (`at`: ISO 8601 time of the event). */
export function aggregate<State, S extends DomainEvent>(
  name: string,
  facts: Pick<Aggregate<State, S>, 'initial' | 'evolve'>,
): Aggregate<State, S> {
  const self: Aggregate<State, S> = { name, ...facts, of: (key) => ({ aggregate: self, key }) };
  return self;
}

/**
 * An open database transaction that runs statements with parameters. The runtime opens it; outbox, inbox and the stores of a
 * service write through it.
 */
export interface Tx {
  /**
   * Runs one statement; the same text is prepared once per connection. Values are sent as parameters, never as part of the text.
   */
  query<Row extends object = Record<string, any>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}

/** A statement that changes rows and whose result is not read; it only has to succeed. */
export interface Write {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Names the row that another transaction inserted first if the insert finds it (SQLSTATE 23505). */
  readonly fresh?: string;
}

/** Loads and saves the states of one aggregate, in two statements for any number of keys. */
export interface Store<State = any> {
  /**
   * Loads the states of these keys (unique, sorted) and locks their rows for the transaction, in key order. Keys without a row
   * are omitted: their state is the initial one of the aggregate.
   */
  load(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, State>>;
  /**
   * Saves changed states. If a row exists by now that `load` did not find, it must throw {@link Conflict}: the whole batch is
   * retried.
   */
  save(tx: Tx, changed: readonly Change<State>[]): Promise<void>;
  /**
   * Returns `save` as statements. The batch sends its commit in the same packet, so the database must check every condition, not
   * the reader of an answer. Without this method the commit waits for `save`.
   */
  writes?(changed: readonly Change<State>[]): readonly Write[];
}

/** One state before and after a batch, with its events in order. */
export interface Change<State = any> {
  readonly key: string;
  /** Undefined when there was no row. */
  readonly before: State | undefined;
  readonly after: State;
  /** The events that changed the state, with identity and time, for stores with a history. */
  readonly events: readonly { readonly id: string; readonly type: string; readonly data: any; readonly at: string }[];
}

/** Another transaction was faster. Nothing is lost: the batch is retried on the new rows. */
export class Conflict extends Error {
  constructor(what: string) {
    super(`Another transaction changed ${what} first.`);
    this.name = 'Conflict';
  }
}
