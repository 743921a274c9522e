import { storable } from './storable.js';
import type { Tx } from './tx.js';

/** A message that came for a step. */
export interface InboxMessage {
  readonly step: string;
  /** UUID. */
  readonly messageId: string;
  readonly key: string;
}

/** `waiting`: it is new, but an earlier message of its key is parked, and the caller must park it behind that one. */
export type AcceptResult = 'fresh' | 'duplicate' | 'waiting';

/**
 * Tells what is new from what was accepted before, in the order given; of the same message twice the first is new. What is new
 * is recorded in this transaction, so it is accepted if and only if the transaction commits.
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

/** The first of each message that was not there before. */
async function record(tx: Tx, incoming: readonly InboxMessage[]): Promise<Set<InboxMessage>> {
  const firsts = new Map<string, InboxMessage>();
  for (const message of incoming) {
    const name = nameOf(message);
    if (!firsts.has(name)) firsts.set(name, message);
  }
  // Sorted: two transactions that accept the same messages then wait for each other in one direction only.
  const asked = [...firsts.keys()].sort().map((name) => firsts.get(name)!);
  const { rows } = await tx.query<{ place: number }>(RECORD, [
    asked.map(({ messageId }) => messageId),
    asked.map(({ step }) => step),
  ]);
  const fresh = new Set(asked);
  for (const { place } of rows) fresh.delete(asked[place - 1]!);
  return fresh;
}

const PARKED_AMONG = 'select distinct key from parked where key = any($1)';

/**
 * Which of these keys have a parked message. A statement of its own, after the insert of {@link accept} and never part of it: the insert
 * may have waited for another consumer with the same messages, and rows parked by that one meanwhile are not in the insert's snapshot. A
 * later message would overtake them.
 */
export async function waitingAmong(tx: Tx, keys: readonly string[]): Promise<(key: string) => boolean> {
  const { rows } = await tx.query<{ key: string }>(PARKED_AMONG, [[...new Set(keys.map(storable))]]);
  const waiting = new Set(rows.map(({ key }) => key));
  return (key) => waiting.has(storable(key));
}

/** PostgreSQL reads a UUID in several spellings. */
const nameOf = ({ messageId, step }: InboxMessage): string =>
  `${messageId.replace(/[{}-]/g, '').toLowerCase()} ${step}`;
