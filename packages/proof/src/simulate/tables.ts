/** A parked message. */
export interface Parked {
  id: string;
  step: string;
  messageId: string;
  key: string;
  message: unknown;
  state: string;
  code: string;
  cause: string;
  attempts: number;
  dueAt: Date | null;
  parkedAt: Date;
}

/** The events of one transaction for one shard, waiting to be sent. */
export interface OutboxRow {
  readonly id: number;
  readonly shard: number;
  readonly size: number;
  /** The text of the column. */
  readonly records: string;
  /** The topics that it waits for. */
  readonly held?: readonly string[];
}

interface Deadline {
  readonly step: string;
  readonly key: string;
  readonly dueAt: number;
}

/** The tables that the runner's statements read and write. */
export interface Tables {
  readonly states: Map<string, Map<string, unknown>>;
  readonly inbox: Set<string>;
  parked: Parked[];
  readonly deadlines: Map<string, Deadline>;
  readonly answers: Map<string, { readonly requestHash: string; readonly outcome: unknown }>;
  outbox: OutboxRow[];
  /** The ids of all events that were ever committed to be sent. */
  readonly emitted: Set<string>;
  /** The number of them that were committed to be sent once more. */
  emittedAgain: number;
  ids: number;
  /** The number of duplicates in the inbox. */
  repetitions: number;
}

/** Registers the reversal of a change. */
export type Undo = (undo: () => void) => void;
/** The effect of a statement on the tables, and its result rows. `now`: milliseconds since 1970. */
export type Statement = (tables: Tables, values: readonly any[], now: number, undo: Undo) => any[];

/** Sets an entry with its reversal. */
export function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, undo: Undo): void {
  const before = map.get(key);
  undo(() => (before === undefined ? map.delete(key) : map.set(key, before)));
  map.set(key, value);
}

/** Removes an entry with its reversal. */
export function remove<Key, Value>(map: Map<Key, Value>, key: Key, undo: Undo): void {
  const before = map.get(key);
  if (before === undefined) return;
  undo(() => map.set(key, before));
  map.delete(key);
}

/** The identifier of a deadline. */
export const deadlineName = (step: string, key: string) => `${step} ${key}`;
