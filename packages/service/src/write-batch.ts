import { type Tx, topicOf } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { append } from '@quadrille/outbox';
import type { Admission } from './admit.js';
import { allOf } from './all-of.js';
import type { Admitted, Decided } from './decide-batch.js';
import { keepAnswers } from './idempotency.js';
import { BEHIND, type Input, type Once, type Outcome, type Unreadable } from './input.js';
import type { BatchContext } from './run-batch.js';
import { type Aside, setAside } from './set-aside.js';
import type { WorkingSet } from './working-set.js';

/** What a batch came to: everything in the order of its inputs, `readable` and `decided` without the unreadable. */
interface Done {
  readonly inputs: readonly (Input | Unreadable)[];
  readonly admissions: readonly Admission[];
  readonly readable: readonly Admitted[];
  readonly decided: readonly Decided[];
  readonly states: WorkingSet;
}

/**
 * Writes what a batch came to, all statements at once. The outbox comes after the rows that are locked by writing them: so the
 * order of a key's events is that of their commits.
 */
export async function writeBatch(tx: Tx, context: BatchContext, done: Done): Promise<Outcome[]> {
  const { inputs, readable, decided, states } = done;
  const byInput = new Map<Input | Unreadable, Decided>(readable.map(({ input }, at) => [input, decided[at]!]));
  const outcomes = inputs.map((input) => outcomeOf(byInput.get(input)));
  // What was answered before was said then, and its clock started then.
  const decidedNow = decided.map((each, at) => (readable[at]!.admission === 'run' ? each : NOTHING));
  const asides = asidesOf(done, byInput);
  await allOf([
    states.save(tx),
    context.timeKeeper.keep(tx, readable, decidedNow).then(() => crashPoint('batch.saved', context.pool)),
    asides.length > 0 &&
      setAside(tx, context.system, context.service, asides, new Date()).then(() => {
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
  const said = decided.flatMap((each) =>
    each !== 'behind' && 'said' in each ? [encodeCloudEvent(topic, each.said)] : [],
  );
  if (said.length > 0) await append(tx, said);
}

function asidesOf({ inputs, admissions }: Done, decided: ReadonlyMap<Input | Unreadable, Decided>): Aside[] {
  return inputs.flatMap((input, at): Aside[] => {
    if (input.from === 'unreadable') {
      if (admissions[at] === 'behind') return [{ input, failed: 'behind' }];
      return admissions[at] === 'run' ? [{ input, failed: 'unreadable' }] : [];
    }
    const came = decided.get(input)!;
    if (input.from !== 'event' || input.parked) return [];
    if (came === 'behind') return [{ input, failed: 'behind' }];
    return 'failed' in came ? [{ input, failed: came.failed }] : [];
  });
}

async function keepNewAnswers(
  tx: Tx,
  { inputs, admissions }: Done,
  outcomes: readonly Outcome[],
  seconds: number,
): Promise<void> {
  const answers = inputs.flatMap((input, at) => {
    const outcome = outcomes[at]!;
    if (input.from !== 'command' || !input.once || admissions[at] !== 'run' || 'failed' in outcome) return [];
    return [{ once: input.once as Once, outcome }];
  });
  if (answers.length > 0) await keepAnswers(tx, answers, seconds);
}

const NOTHING: Decided = { nothing: true };

const outcomeOf = (decided: Decided | undefined): Outcome =>
  decided === undefined ? { nothing: true } : decided === 'behind' ? BEHIND : decided;
