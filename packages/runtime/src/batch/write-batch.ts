import {
  cloudEventType,
  deadLetterTopicOf,
  type Envelope,
  eventsOf,
  type Rows,
  type TopicNaming,
  type Tx,
  topicOf,
  type Write,
} from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { type ParkedRow, parking } from '@quadrille/inbox';
import type { OutgoingRecord } from '@quadrille/kafka';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { appending } from '@quadrille/outbox';
import { send, settleAll } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { DeadlineScheduler } from '../deadlines/deadlines.js';
import { saveAnswers } from '../idempotency.js';
import { BLOCKED, type IdempotencyKey, type Input, type Outcome, type Unreadable } from '../input.js';
import { type FailedMessage, noticesOf, parkedRow } from '../parked/park-or-dead-letter.js';
import type { DedupeResult } from './deduplicate.js';
import type { Decided } from './step-executor.js';
import type { UnitOfWork } from './unit-of-work.js';

/** The parts of a service that the writes of its batches need. */
export interface WriteContext {
  readonly pool: Pool;
  readonly service: string;
  readonly topics: ServiceTopics;
  readonly deadlines: DeadlineScheduler;
  /** Lifetime of an idempotency key in seconds. */
  readonly idempotencySeconds: number;
}

/** The results of a batch, in the order of inputs. */
interface Done {
  readonly inputs: readonly (Input | Unreadable)[];
  readonly dedupeResults: readonly DedupeResult[];
  readonly decided: readonly Decided[];
  readonly states: UnitOfWork;
}

/** The writes of a batch, all of which have been sent. */
export interface SentWrites {
  readonly answered: Promise<Outcome[]>;
  /** Whether they append to the outbox. */
  readonly appends: boolean;
}

/**
 * Sends all writes of a batch at once, and has the commit follow in the same packet. All statements are built before the first is
 * sent, so that an exception writes nothing. The outbox is written after the locked rows, so that events of one key are in commit
 * order.
 */
export async function writeBatch(tx: Tx, context: WriteContext, done: Done): Promise<SentWrites> {
  const { inputs, dedupeResults, decided, states } = done;
  const outcomes = decided.map((each) => (each === 'blocked' ? BLOCKED : each));
  // A replayed answer emitted its event and started its deadline the first time.
  const decidedNow = decided.map((each, at) => (dedupeResults[at] === 'run' ? each : NOTHING));
  const saves = states.saves();
  const deadlineWrites = context.deadlines.writes(inputs, decidedNow);
  const parked = failedMessagesOf(done).map(parkedRow);
  const failedMessage = parked.length > 0 ? [parking(parked)] : [];
  const answers = newAnswers(done, outcomes, context.idempotencySeconds);
  const notices = parked.length > 0 ? noticesIn(parked, context) : [];
  const records = [...notices, ...recordsOf(decidedNow, context)];
  const append = appending(records);

  const answered = settleAll([
    ...saves.map((save) => save.send(tx)),
    send(tx, deadlineWrites).then(() => crashPoint('batch.saved', context.pool)),
    failedMessage.length > 0 && send(tx, failedMessage).then(() => crashPoint('batch.parked', context.pool)),
    send(tx, answers),
    append(tx),
  ]).then(() => {
    crashPoint('batch.appended', context.pool);
    return outcomes;
  });
  // A store that awaits one statement before the next has not sent all of them.
  if (!saves.every(({ isAtOnce }) => isAtOnce)) await answered;
  return { answered, appends: records.length > 0 };
}

const noticesIn = (parked: readonly ParkedRow[], { topics, service }: WriteContext): OutgoingRecord[] =>
  noticesOf(
    topics.deadLetters,
    service,
    parked.filter(({ state }) => state === 'dead'),
  );

function recordsOf(decided: readonly Decided[], { topics }: WriteContext): OutgoingRecord[] {
  const emitted: OutgoingRecord[] = [];
  for (const each of decided) {
    if (each !== 'blocked' && 'event' in each) emitted.push(topics.recordOf(each.event));
  }
  return emitted;
}

function failedMessagesOf({ inputs, dedupeResults, decided }: Done): FailedMessage[] {
  const failedMessages: FailedMessage[] = [];
  inputs.forEach((input, at) => {
    const failedMessage = failedMessageOf(input, dedupeResults[at]!, decided[at]!);
    if (failedMessage) failedMessages.push(failedMessage);
  });
  return failedMessages;
}

function failedMessageOf(
  input: Input | Unreadable,
  dedupeResult: DedupeResult,
  came: Decided,
): FailedMessage | undefined {
  if (input.from === 'unreadable') {
    if (dedupeResult === 'blocked') return { input, failed: 'blocked' };
    return dedupeResult === 'run' ? { input, failed: 'unreadable' } : undefined;
  }
  if (input.from !== 'event' || input.parked) return undefined;
  if (came === 'blocked') return { input, failed: 'blocked' };
  return 'failed' in came ? { input, failed: came.failed } : undefined;
}

/**
 * A rejection changed nothing and may not hold later, so it is not stored: the same key is decided again, with the same or a
 * corrected body.
 */
function newAnswers({ inputs, dedupeResults }: Done, outcomes: readonly Outcome[], seconds: number): Write[] {
  const answers: { once: IdempotencyKey; outcome: Outcome }[] = [];
  inputs.forEach((input, at) => {
    const outcome = outcomes[at]!;
    if (input.from !== 'command' || !input.idempotencyKey || dedupeResults[at] !== 'run') return;
    if ('failed' in outcome || 'refused' in outcome) return;
    answers.push({ once: input.idempotencyKey, outcome });
  });
  return answers.length > 0 ? [saveAnswers(answers, seconds)] : [];
}

const NOTHING: Decided = { nothing: true };

/** Topic and key of each event of the table, by its type on the wire, and the topic of the service's dead letters. */
export class ServiceTopics {
  readonly deadLetters: string;
  private readonly byType: ReadonlyMap<string, { readonly topic: string; readonly recordKey: string | undefined }>;

  constructor(naming: TopicNaming, rows: Rows, service: string) {
    this.deadLetters = deadLetterTopicOf(naming, service);
    this.byType = new Map(
      eventsOf(rows).map((event) => [
        cloudEventType(event),
        { topic: topicOf(naming, event), recordKey: event.recordKey },
      ]),
    );
  }

  /** The record of an event. Throws for a type that is not in the table. */
  recordOf(envelope: Envelope): OutgoingRecord {
    const found = this.byType.get(envelope.type);
    if (!found) throw new Error(`The type ${envelope.type} is not in the table.`);
    const { topic, recordKey } = found;
    if (recordKey === undefined) return encodeCloudEvent(topic, envelope);
    return encodeCloudEvent(topic, envelope, String((envelope.data as Record<string, unknown>)[recordKey]));
  }
}
