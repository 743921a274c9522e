import { type Tx, topicOf } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { encodeCloudEvent } from '@quadrille/kafka';
import { append, appendedIn, type Parcel } from '@quadrille/outbox';
import type { Pool } from 'pg';
import { admit } from './admit.js';
import { type Answer, askAll } from './ask.js';
import type { BatchTelemetry } from './batch-telemetry.js';
import { type Decided, Decider } from './decide-batch.js';
import type { Kept } from './definition.js';
import { keepAnswers } from './idempotency.js';
import { BEHIND, type Failure, type Input, type Once, type Outcome, type Unreadable } from './input.js';
import type { TimeKeeper } from './keep-time.js';
import { retryConflicts } from './retry-conflicts.js';
import { type Aside, setAside } from './set-aside.js';
import { isFaultOfTheData, transaction } from './transaction.js';
import { WorkingSet } from './working-set.js';

/** What a batch needs to know of its service. */
export interface BatchContext {
  readonly system: string;
  readonly service: string;
  readonly pool: Pool;
  readonly kept: readonly Kept[];
  readonly decider: Decider;
  readonly timeKeeper: TimeKeeper;
  readonly outside: unknown;
  readonly idempotencySeconds: number;
  /** How long a batch waits for the outside world. */
  readonly askPatienceMs: number;
  readonly telemetry?: BatchTelemetry;
  /** Tells the log what came of inputs, once it is durable. */
  readonly tell?: (inputs: readonly (Input | Unreadable)[], outcomes: readonly Outcome[]) => void;
  /** Given what was appended to the outbox, once that is committed. */
  readonly remember?: (parcels: readonly Parcel[]) => void;
}

/**
 * Runs a batch of inputs as one transaction: all are durable when it resolves, with an outcome each, in their order.
 * What cannot be taken is parked in that same transaction. Rejects only when the database cannot be reached: then nothing
 * has happened and the same batch may come again.
 */
export async function runBatch(context: BatchContext, inputs: readonly (Input | Unreadable)[]): Promise<Outcome[]> {
  const watched = context.telemetry?.begin(inputs);
  if (!watched) return askAndRun(context, inputs);
  try {
    const outcomes = await askAndRun(context, watched.inputs);
    watched.committed(outcomes);
    return outcomes;
  } catch (error) {
    watched.failed(error);
    throw error;
  }
}

async function askAndRun(context: BatchContext, inputs: readonly (Input | Unreadable)[]): Promise<Outcome[]> {
  const answers = await askAll(inputs.filter(isInput), context.outside, context.askPatienceMs);
  const byInput = new Map<Input | Unreadable, Answer>(inputs.filter(isInput).map((input, at) => [input, answers[at]!]));
  return runAsked(context, inputs, byInput);
}

async function runAsked(
  context: BatchContext,
  inputs: readonly (Input | Unreadable)[],
  answers: ReadonlyMap<Input | Unreadable, Answer>,
): Promise<Outcome[]> {
  try {
    const { outcomes, appended } = await retryConflicts(
      () =>
        transaction(context.pool, async (tx) => {
          const outcomes = await takeBatch(tx, context, inputs, answers);
          return { outcomes, appended: appendedIn(tx) };
        }),
      context.telemetry?.conflict,
    );
    crashPoint('batch.committed', context.pool);
    context.remember?.(appended);
    return outcomes;
  } catch (error) {
    if (isFaultOfTheData(error)) return isolate(context, inputs, answers, error);
    throw error;
  }
}

/** Halves the batch until the input that the database refuses stands alone, and sets that one aside. */
async function isolate(
  context: BatchContext,
  inputs: readonly (Input | Unreadable)[],
  answers: ReadonlyMap<Input | Unreadable, Answer>,
  error: unknown,
): Promise<Outcome[]> {
  const [only] = inputs;
  if (only && inputs.length === 1) {
    const failed: Failure = { code: 'database', cause: error instanceof Error ? error.message : String(error) };
    // Refused again although nothing but the setting aside is left: then it is no fault of this input.
    if (answers.get(only) && 'failed' in answers.get(only)!) throw error;
    return runAsked(context, inputs, new Map([[only, { failed }]]));
  }
  const middle = Math.ceil(inputs.length / 2);
  const first = await runAsked(context, inputs.slice(0, middle), answers);
  return [...first, ...(await runAsked(context, inputs.slice(middle), answers))];
}

/** The batch inside its transaction. The number of statements does not depend on the number of inputs. */
export async function takeBatch(
  tx: Tx,
  context: BatchContext,
  inputs: readonly (Input | Unreadable)[],
  answers: ReadonlyMap<Input | Unreadable, Answer>,
): Promise<Outcome[]> {
  crashPoint('batch.began', context.pool);
  const admissions = await admit(tx, inputs, context.idempotencySeconds);
  crashPoint('batch.accepted', context.pool);
  const readable = inputs.flatMap((input, at) =>
    isInput(input) ? [{ input, admission: admissions[at]!, answer: answers.get(input)! }] : [],
  );
  const states = new WorkingSet(context.kept);
  const decided = await context.decider.decide(tx, readable, states);
  await states.save(tx);
  await context.timeKeeper.keep(tx, readable, decided);
  crashPoint('batch.saved', context.pool);

  const byInput = new Map<Input | Unreadable, Decided>(readable.map(({ input }, at) => [input, decided[at]!]));
  const asides = asidesOf(inputs, admissions, byInput);
  await setAside(tx, context.system, context.service, asides, new Date());
  if (asides.length > 0) crashPoint('batch.parked', context.pool);
  const outcomes = inputs.map((input) => outcomeOf(byInput.get(input)));
  await keepNewAnswers(tx, inputs, admissions, outcomes, context.idempotencySeconds);
  const topic = topicOf(context.system, context.service);
  const said = decided.flatMap((each) =>
    each !== 'behind' && 'said' in each ? [encodeCloudEvent(topic, each.said)] : [],
  );
  if (said.length > 0) await append(tx, said);
  crashPoint('batch.appended', context.pool);
  return outcomes;
}

function asidesOf(
  inputs: readonly (Input | Unreadable)[],
  admissions: readonly (Outcome | string)[],
  decided: ReadonlyMap<Input | Unreadable, Decided>,
): Aside[] {
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
  inputs: readonly (Input | Unreadable)[],
  admissions: readonly (Outcome | string)[],
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

const isInput = (input: Input | Unreadable): input is Input => input.from !== 'unreadable';

const outcomeOf = (decided: Decided | undefined): Outcome =>
  decided === undefined ? { nothing: true } : decided === 'behind' ? BEHIND : decided;
