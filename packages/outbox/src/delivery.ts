import { crashPoint } from '@quadrille/crash-points';
import type { OutboxRecord } from './append.js';
import type { BlockedTopics } from './blocked-topics.js';
import type { PendingRow } from './queue.js';
import type { RelayOptions } from './relay-options.js';
import type { Dead, SendSplit } from './settle-split.js';
import { ALL_SENT, type Outcome, outcomeOf } from './unsendable.js';

/** A send that neither succeeds nor fails; the relay reconnects without it. */
export class SendHangs extends Error {
  constructor(ms: number) {
    super(`A send has not ended within ${ms} ms.`);
  }
}

/** Result of passing rows to the transport. */
export interface Delivered {
  readonly acknowledged: number;
  /** Undefined when all records were acknowledged. */
  readonly split: SendSplit | undefined;
  /** Causes of rejections, by topic. */
  readonly refused: Outcome['topics'];
  readonly error?: unknown;
}

/**
 * Sends the records of these rows whose topics are not blocked. Throws if any of them may be missing; then all of them wait.
 * Returns undefined if the send was aborted.
 */
export async function deliver(
  transport: Pick<RelayOptions, 'send' | 'pool'>,
  rows: readonly PendingRow[],
  isOpen: (record: OutboxRecord) => boolean,
  withinMs: number,
  abandon: AbortSignal,
): Promise<Delivered | undefined> {
  const records = rows.flatMap((row) => row.records);
  const open = records.filter(isOpen);
  if (open.length === 0) return { acknowledged: 0, split: splitBy(rows, isOpen, ALL_SENT), refused: new Map() };
  crashPoint('relay.taken', transport.pool);
  let outcome = ALL_SENT;
  let failure: unknown;
  try {
    await endsWithin(withinMs, transport.send(open), abandon);
  } catch (error) {
    failure = error;
    const reported = outcomeOf(error, open.length);
    if (!reported) throw error;
    outcome = reported;
  }
  if (abandon.aborted) return undefined;
  crashPoint('relay.acknowledged', transport.pool);
  const whole = outcome === ALL_SENT && open.length === records.length;
  return {
    acknowledged: open.length - outcome.dead.size - outcome.refused.size,
    split: whole ? undefined : splitBy(rows, isOpen, outcome),
    refused: outcome.topics,
    error: failure,
  };
}

async function endsWithin(ms: number, work: Promise<unknown>, abandon: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SendHangs(ms)), ms);
  });
  try {
    await untilAborted(Promise.race([work, late]), abandon);
  } finally {
    clearTimeout(timer);
  }
}

function splitBy(
  rows: readonly PendingRow[],
  isOpen: (record: OutboxRecord) => boolean,
  { dead, refused }: Outcome,
): SendSplit {
  const split = { done: [] as PendingRow[], waiting: [] as PendingRow[], dead: [] as Dead[] };
  let index = -1;
  for (const { id, records } of rows) {
    const left = records.filter((record) => {
      if (!isOpen(record)) return true;
      index += 1;
      const cause = dead.get(index);
      if (cause !== undefined) split.dead.push({ id, record, cause });
      return refused.has(index);
    });
    if (left.length > 0) split.waiting.push({ id, records: left });
    else split.done.push({ id, records });
  }
  return split;
}

/** Moves records of topics beyond the maximum of blocked topics to the dead ones. */
export function withoutExcess(split: SendSplit, blocked: BlockedTopics, refused: Outcome['topics']): SendSplit {
  const isExcess = ({ topic }: OutboxRecord) => blocked.isFull && !blocked.has(topic);
  if (!blocked.isFull) return split;
  const waiting: PendingRow[] = [];
  const done = [...split.done];
  const dead = [...split.dead];
  for (const row of split.waiting) {
    const left = row.records.filter((record) => !isExcess(record));
    for (const record of row.records.filter(isExcess)) {
      dead.push({ id: row.id, record, cause: `Too many topics are blocked. ${refused.get(record.topic) ?? ''}` });
    }
    if (left.length > 0) waiting.push({ ...row, records: left });
    else done.push(row);
  }
  return { done, waiting, dead };
}

/**
 * Settles like `work`, or resolves when the signal is aborted first. Unlike a race with one pending promise, it leaves no
 * listener on the signal: a relay calls it for every batch.
 */
export function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const give = () => resolve(undefined);
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
    work.finally(() => signal.removeEventListener('abort', give)).then(resolve, reject);
  });
}
