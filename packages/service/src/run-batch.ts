import type { Ref, Tx } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { appendedIn, type Parcel } from '@quadrille/outbox';
import type { Pool } from 'pg';
import { admit } from './admit.js';
import { allOf } from './all-of.js';
import { type Answers, askAll } from './ask.js';
import type { BatchTelemetry } from './batch-telemetry.js';
import type { Decider, Touched } from './decide-batch.js';
import type { Kept } from './definition.js';
import type { Failure, Input, Outcome, Unreadable } from './input.js';
import type { TimeKeeper } from './keep-time.js';
import { retryConflicts } from './retry-conflicts.js';
import { transaction } from './transaction.js';
import { isFaultOfTheData } from './what-failed.js';
import { WorkingSet } from './working-set.js';
import { writeBatch } from './write-batch.js';

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
  return runAsked(context, inputs, await askAll(inputs, context.outside, context.askPatienceMs));
}

async function runAsked(
  context: BatchContext,
  inputs: readonly (Input | Unreadable)[],
  answers: Answers,
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
  answers: Answers,
  error: unknown,
): Promise<Outcome[]> {
  const [only] = inputs;
  if (only && inputs.length === 1) {
    const failed: Failure = { code: 'database', cause: error instanceof Error ? error.message : String(error) };
    // Refused again although nothing but the setting aside is left: then it is no fault of this input.
    const answer = answers.get(only);
    if (answer && 'failed' in answer) throw error;
    return runAsked(context, inputs, new Map([[only, { failed }]]));
  }
  const middle = Math.ceil(inputs.length / 2);
  const first = await runAsked(context, inputs.slice(0, middle), answers);
  return [...first, ...(await runAsked(context, inputs.slice(middle), answers))];
}

/**
 * The batch inside its transaction. The number of statements does not depend on the number of inputs, and they go out in two
 * bursts: what is read, then what is written. The database runs each burst in the order in which it was sent.
 */
export async function takeBatch(
  tx: Tx,
  context: BatchContext,
  inputs: readonly (Input | Unreadable)[],
  answers: Answers,
): Promise<Outcome[]> {
  crashPoint('batch.began', context.pool);
  const states = new WorkingSet(context.kept);
  const touched = context.decider.touch(inputs, answers, states);
  const admitting = admit(tx, inputs, context.idempotencySeconds);
  const [admissions] = await allOf([admitting, states.load(tx, refsIn(touched))]);
  crashPoint('batch.accepted', context.pool);

  const decided = context.decider.decide(inputs, admissions, touched, states);
  return writeBatch(tx, context, { inputs, admissions, decided, states });
}

function refsIn(touched: readonly Touched[]): (readonly Ref[])[] {
  const all: (readonly Ref[])[] = [];
  for (const each of touched) if ('refs' in each) all.push(each.refs);
  return all;
}
