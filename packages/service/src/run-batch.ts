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
import { hurry } from './held.js';
import type { Input, Outcome, Unreadable } from './input.js';
import { Isolation } from './isolate.js';
import type { TimeKeeper } from './keep-time.js';
import type { LogOutcomes } from './outcome-log.js';
import { HURRIED_CONFLICTS, MAX_CONFLICTS, retryConflicts } from './retry-conflicts.js';
import type { Seldom } from './seldom.js';
import { LastWrites, transaction } from './transaction.js';
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
  readonly log: Pick<LogOutcomes, 'warn'>;
  readonly seldom: Seldom;
  /** Tells the log what came of inputs, once it is durable. */
  readonly tell?: (inputs: readonly (Input | Unreadable)[], outcomes: readonly Outcome[]) => void;
  /** Given what was appended to the outbox, once that is committed. */
  readonly remember?: (parcels: readonly Parcel[]) => void;
}

/**
 * Runs a batch of inputs as one transaction: all are durable when it resolves, with an outcome each, in their order.
 * What cannot be taken is parked in that same transaction. Rejects only where no input is at fault: the database cannot be used, or is not
 * what this build needs. The same messages and clocks may come again: what of them is durable is known by the inbox and the lock.
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
  const answers = await askAll(inputs, context.outside, context.askPatienceMs);
  return new Isolation(context, (some, asked, hurried) => runInOne(context, some, asked, hurried)).run(inputs, answers);
}

async function runInOne(
  context: BatchContext,
  inputs: readonly (Input | Unreadable)[],
  answers: Answers,
  hurried: boolean,
): Promise<Outcome[]> {
  const { outcomes, appended } = await retryConflicts(
    () =>
      transaction(context.pool, async (tx) => {
        const [, { answered }] = await allOf([hurried && hurry(tx), takeBatch(tx, context, inputs, answers)]);
        return new LastWrites(answered.then((outcomes) => ({ outcomes, appended: appendedIn(tx) })));
      }),
    context.telemetry?.conflict,
    hurried ? HURRIED_CONFLICTS : MAX_CONFLICTS,
  );
  crashPoint('batch.committed', context.pool);
  context.remember?.(appended);
  return outcomes;
}

/**
 * The batch inside its transaction. The number of statements does not depend on the number of inputs, and they go out in two
 * bursts: what is read, then what is written, and the commit with it. The database runs each burst in the order in which it was sent.
 */
export async function takeBatch(
  tx: Tx,
  context: BatchContext,
  inputs: readonly (Input | Unreadable)[],
  answers: Answers,
): Promise<LastWrites<Outcome[]>> {
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
