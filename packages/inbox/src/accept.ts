import type { Tx } from '@quadrille/choreography';
import { storable } from './storable.js';

/** A message that came for a step. */
export interface Incoming {
  readonly step: string;
  /** UUID. */
  readonly messageId: string;
  readonly key: string;
}

/** `waiting`: it is new, but an earlier message of its key is parked, and the caller must park it behind that one. */
export type Verdict = 'fresh' | 'duplicate' | 'waiting';

/**
 * Tells what is new from what was accepted before, in the order given; of the same message twice the first is new. What is new
 * is recorded in this transaction, so it is accepted if and only if the transaction commits.
 */
export async function accept(tx: Tx, incoming: readonly Incoming[]): Promise<Verdict[]> {
  if (incoming.length === 0) return [];
  const [fresh, parked] = await Promise.all([record(tx, incoming), parkedAmong(tx, incoming)]);
  return incoming.map((message) => {
    if (!fresh.delete(message)) return 'duplicate';
    return parked.has(storable(message.key)) ? 'waiting' : 'fresh';
  });
}

const RECORD = 'select record_messages($1, $2) as place';

/** The first of each message that was not there before. */
async function record(tx: Tx, incoming: readonly Incoming[]): Promise<Set<Incoming>> {
  const firsts = new Map<string, Incoming>();
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
 * A statement of its own, after the insert and never part of it: the insert may have waited for another consumer that had the
 * same messages, and what that one parked meanwhile is not in the insert's snapshot. A later message would overtake it.
 */
async function parkedAmong(tx: Tx, incoming: readonly Incoming[]): Promise<Set<string>> {
  const keys = [...new Set(incoming.map(({ key }) => storable(key)))];
  const { rows } = await tx.query<{ key: string }>(PARKED_AMONG, [keys]);
  return new Set(rows.map(({ key }) => key));
}

/** PostgreSQL reads a UUID in several spellings. */
const nameOf = ({ messageId, step }: Incoming): string => `${messageId.replace(/[{}-]/g, '').toLowerCase()} ${step}`;
