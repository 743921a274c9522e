import { type Tx, topicOf, type Write } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { type ParkedRow, parking } from '@quadrille/inbox';
import type { OutgoingRecord } from '@quadrille/kafka';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { appending } from '@quadrille/outbox';
import type { Admission } from './admit.js';
import { allOf } from './all-of.js';
import type { Decided } from './decide-batch.js';
import { keepAnswers } from './idempotency.js';
import { BEHIND, type Input, type Once, type Outcome, type Unreadable } from './input.js';
import type { BatchContext } from './run-batch.js';
import { type Aside, noticesOf, parkedRow } from './set-aside.js';
import { LastWrites } from './transaction.js';
import type { WorkingSet } from './working-set.js';
import { send } from './writes.js';

/** What a batch came to: everything in the order of its inputs. */
interface Done {
  readonly inputs: readonly (Input | Unreadable)[];
  readonly admissions: readonly Admission[];
  readonly decided: readonly Decided[];
  readonly states: WorkingSet;
}

/**
 * Writes what a batch came to, all statements at once, and lets the commit follow in the same packet. All of it is made ready before any of
 * it is sent: what throws here has written nothing. The outbox comes after the rows that are locked by writing them: so the order of a
 * key's events is that of their commits.
 */
export async function writeBatch(tx: Tx, context: BatchContext, done: Done): Promise<LastWrites<Outcome[]>> {
  const { inputs, admissions, decided, states } = done;
  const outcomes = decided.map((each) => (each === 'behind' ? BEHIND : each));
  // What was answered before was said then, and its clock started then.
  const decidedNow = decided.map((each, at) => (admissions[at] === 'run' ? each : NOTHING));
  const saves = states.saves();
  const clocks = context.timeKeeper.writes(inputs, decidedNow);
  const parked = asidesOf(done).map(parkedRow);
  const aside = parked.length > 0 ? [parking(parked)] : [];
  const answers = newAnswers(done, outcomes, context.idempotencySeconds);
  const append = appending([...noticesIn(parked, context), ...saidIn(decidedNow, context)]);

  const answered = allOf([
    ...saves.map((save) => save.send(tx)),
    send(tx, clocks).then(() => crashPoint('batch.saved', context.pool)),
    aside.length > 0 && send(tx, aside).then(() => crashPoint('batch.parked', context.pool)),
    send(tx, answers),
    append(tx),
  ]).then(() => {
    crashPoint('batch.appended', context.pool);
    return outcomes;
  });
  // A store that waits for one statement before it sends the next has not sent all of them.
  if (!saves.every(({ isAtOnce }) => isAtOnce)) await answered;
  return new LastWrites(answered);
}

const noticesIn = (parked: readonly ParkedRow[], { system, service }: BatchContext): OutgoingRecord[] =>
  noticesOf(
    system,
    service,
    parked.filter(({ state }) => state === 'dead'),
  );

function saidIn(decided: readonly Decided[], { system, service }: BatchContext): OutgoingRecord[] {
  const topic = topicOf(system, service);
  const said: OutgoingRecord[] = [];
  for (const each of decided) if (each !== 'behind' && 'said' in each) said.push(encodeCloudEvent(topic, each.said));
  return said;
}

function asidesOf({ inputs, admissions, decided }: Done): Aside[] {
  const asides: Aside[] = [];
  inputs.forEach((input, at) => {
    const aside = asideOf(input, admissions[at]!, decided[at]!);
    if (aside) asides.push(aside);
  });
  return asides;
}

function asideOf(input: Input | Unreadable, admission: Admission, came: Decided): Aside | undefined {
  if (input.from === 'unreadable') {
    if (admission === 'behind') return { input, failed: 'behind' };
    return admission === 'run' ? { input, failed: 'unreadable' } : undefined;
  }
  if (input.from !== 'event' || input.parked) return undefined;
  if (came === 'behind') return { input, failed: 'behind' };
  return 'failed' in came ? { input, failed: came.failed } : undefined;
}

/** A refusal changed nothing and may be untrue tomorrow: the same key is decided anew, with this body or a better one. */
function newAnswers({ inputs, admissions }: Done, outcomes: readonly Outcome[], seconds: number): Write[] {
  const answers: { once: Once; outcome: Outcome }[] = [];
  inputs.forEach((input, at) => {
    const outcome = outcomes[at]!;
    if (input.from !== 'command' || !input.once || admissions[at] !== 'run') return;
    if ('failed' in outcome || 'refused' in outcome) return;
    answers.push({ once: input.once, outcome });
  });
  return answers.length > 0 ? [keepAnswers(answers, seconds)] : [];
}

const NOTHING: Decided = { nothing: true };
