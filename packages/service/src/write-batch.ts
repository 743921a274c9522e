import { type Tx, topicOf } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import type { OutgoingRecord } from '@quadrille/kafka';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { append } from '@quadrille/outbox';
import type { Admission } from './admit.js';
import { allOf } from './all-of.js';
import type { Decided } from './decide-batch.js';
import { keepAnswers } from './idempotency.js';
import { BEHIND, type Input, type Once, type Outcome, type Unreadable } from './input.js';
import type { BatchContext } from './run-batch.js';
import { type Aside, setAside } from './set-aside.js';
import type { WorkingSet } from './working-set.js';

/** What a batch came to: everything in the order of its inputs. */
interface Done {
  readonly inputs: readonly (Input | Unreadable)[];
  readonly admissions: readonly Admission[];
  readonly decided: readonly Decided[];
  readonly states: WorkingSet;
}

/**
 * Writes what a batch came to, all statements at once. The outbox comes after the rows that are locked by writing them: so the
 * order of a key's events is that of their commits.
 */
export async function writeBatch(tx: Tx, context: BatchContext, done: Done): Promise<Outcome[]> {
  const { inputs, admissions, decided, states } = done;
  const outcomes = decided.map((each) => (each === 'behind' ? BEHIND : each));
  // What was answered before was said then, and its clock started then.
  const decidedNow = decided.map((each, at) => (admissions[at] === 'run' ? each : NOTHING));
  const asides = asidesOf(done);
  await allOf([
    states.save(tx),
    context.timeKeeper.keep(tx, inputs, decidedNow).then(() => crashPoint('batch.saved', context.pool)),
    asides.length > 0 &&
      setAside(tx, context.system, context.service, asides).then(() => {
        crashPoint('batch.parked', context.pool);
      }),
    keepNewAnswers(tx, done, outcomes, context.idempotencySeconds),
    say(tx, context, decidedNow),
  ]);
  crashPoint('batch.appended', context.pool);
  return outcomes;
}

async function say(tx: Tx, { system, service }: BatchContext, decided: readonly Decided[]): Promise<void> {
  const topic = topicOf(system, service);
  const said: OutgoingRecord[] = [];
  for (const each of decided) if (each !== 'behind' && 'said' in each) said.push(encodeCloudEvent(topic, each.said));
  if (said.length > 0) await append(tx, said);
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
async function keepNewAnswers(
  tx: Tx,
  { inputs, admissions }: Done,
  outcomes: readonly Outcome[],
  seconds: number,
): Promise<void> {
  const answers: { once: Once; outcome: Outcome }[] = [];
  inputs.forEach((input, at) => {
    const outcome = outcomes[at]!;
    if (input.from !== 'command' || !input.once || admissions[at] !== 'run') return;
    if ('failed' in outcome || 'refused' in outcome) return;
    answers.push({ once: input.once, outcome });
  });
  if (answers.length > 0) await keepAnswers(tx, answers, seconds);
}

const NOTHING: Decided = { nothing: true };
