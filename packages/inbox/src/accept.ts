/** An open database transaction that runs statements with parameters, such as a client of `pg` between `begin` and `commit`. */
export interface Tx {
  /** Runs one statement. Values are sent as parameters, never as part of the text. */
  query<Row extends object = Record<string, any>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}

/** A statement whose result is not read. Its failure fails the transaction. */
export interface Write {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A message addressed to a step. */
export interface InboxMessage {
  readonly step: string;
  /** UUID. */
  readonly messageId: string;
  readonly key: string;
}

/** `waiting`: the message is new, but an earlier message of its key is parked. The caller must park it behind that one. */
export type AcceptResult = 'fresh' | 'duplicate' | 'waiting';

/**
 * Classifies messages as new or duplicate, in the order given. Of two copies in one call, the first is new. New messages are
 * recorded in this transaction, so they are accepted if and only if it commits.
 */
export async function accept(tx: Tx, incoming: readonly InboxMessage[]): Promise<AcceptResult[]> {
  if (incoming.length === 0) return [];
  const keys = incoming.map(({ key }) => key);
  const [fresh, isWaiting] = await Promise.all([record(tx, incoming), waitingAmong(tx, keys)]);
  return incoming.map((message) => {
    if (!fresh.delete(message)) return 'duplicate';
    return isWaiting(message.key) ? 'waiting' : 'fresh';
  });
}

const RECORD = 'select record_messages($1, $2) as place';
/** Takes a third less time than {@link RECORD} for one message, which has no subtransaction then. */
const RECORD_ONE =
  'insert into inbox (message_id, step) values ($1::uuid, $2) on conflict do nothing returning message_id';

/** Returns the first copy of each message that was not recorded earlier. */
async function record(tx: Tx, incoming: readonly InboxMessage[]): Promise<Set<InboxMessage>> {
  const firsts = new Map<string, InboxMessage>();
  for (const message of incoming) {
    const name = nameOf(message);
    if (!firsts.has(name)) firsts.set(name, message);
  }
  const [first] = firsts.values();
  if (first && firsts.size === 1) {
    const { rows } = await tx.query(RECORD_ONE, [first.messageId, first.step]);
    return new Set(rows.length === 1 ? [first] : []);
  }
  // Sorted, so that two transactions that accept the same messages lock them in the same order.
  const sorted = [...firsts.keys()].sort().map((name) => firsts.get(name)!);
  const { rows } = await tx.query<{ place: number }>(RECORD, [
    sorted.map(({ messageId }) => messageId),
    sorted.map(({ step }) => step),
  ]);
  const fresh = new Set(sorted);
  for (const { place } of rows) fresh.delete(sorted[place - 1]!);
  return fresh;
}

const PARKED_AMONG = 'select distinct key from parked where key = any($1)';
/** PostgreSQL plans this once per connection, and {@link PARKED_AMONG} for each execution. */
const PARKED_ONE = 'select distinct key from parked where key = $1 limit 1';

/**
 * Returns a predicate for the keys that have a parked message. This is a separate statement after the insert of {@link accept},
 * never part of it: the insert may wait for another consumer with the same messages. Rows that the other consumer parks during
 * that wait are not in the snapshot of the insert, and a later message would overtake them.
 */
export async function waitingAmong(tx: Tx, keys: readonly string[]): Promise<(key: string) => boolean> {
  const among = [...new Set(keys.map(storable))];
  const { rows } = await (among.length === 1
    ? tx.query<{ key: string }>(PARKED_ONE, among)
    : tx.query<{ key: string }>(PARKED_AMONG, [among]));
  const waiting = new Set(rows.map(({ key }) => key));
  return (key) => waiting.has(storable(key));
}

/** PostgreSQL accepts several spellings of a UUID. */
const nameOf = ({ messageId, step }: InboxMessage): string =>
  `${messageId.replace(/[{}-]/g, '').toLowerCase()} ${step}`;

/** NUL, and an unpaired surrogate. */
const UNSTORABLE = /\0|\p{Cs}/gu;

/** Replaces characters that PostgreSQL rejects in text and JSON; a foreign key or an error message may contain them. */
export const storable = (text: string): string => text.replace(UNSTORABLE, '\uFFFD');
