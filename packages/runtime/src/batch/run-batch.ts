import type { Ref, Tx } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { appendedIn, type OutboxRow } from '@quadrille/outbox';
import {
  HURRIED_CONFLICTS,
  LastWrites,
  MAX_CONFLICTS,
  retryConflicts,
  settleAll,
  transaction,
} from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { BatchTelemetry } from '../batch-telemetry.js';
import type { DeadlineScheduler } from '../deadlines/deadline-scheduler.js';
import type { Input, Outcome, Unreadable } from '../input.js';
import type { LogThrottle } from '../log-throttle.js';
import type { StoreBinding } from '../runtime-definition.js';
import { type Answers, callGateways } from './call-gateways.js';
import { deduplicate } from './deduplicate.js';
import { hurry } from './held.js';
import { Isolation } from './isolate.js';
import type { LogOutcomes } from './outcome-log.js';
import type { ResolvedRefs, StepExecutor } from './step-executor.js';
import { UnitOfWork } from './unit-of-work.js';
import { writeBatch } from './write-batch.js';

/** What a batch needs to know of its service. */
export interface BatchContext {
  readonly system: string;
  readonly service: string;
  /** Their parked messages are left to the services that own them. */
  readonly otherSteps: readonly string[];
  readonly pool: Pool;
  readonly stores: readonly StoreBinding[];
  readonly executor: StepExecutor;
  readonly deadlines: DeadlineScheduler;
  readonly gateways: unknown;
  readonly idempotencySeconds: number;
  /** How long a batch waits for the outside world. */
  readonly callTimeoutMs: number;
  readonly telemetry?: BatchTelemetry;
  readonly log: Pick<LogOutcomes, 'warn'>;
  readonly logThrottle: LogThrottle;
  /** Tells the log what came of inputs, once it is durable. */
  readonly report?: (inputs: readonly (Input | Unreadable)[], outcomes: readonly Outcome[]) => void;
  /** Given what was appended to the outbox, once that is committed. */
  readonly cacheRecords?: (parcels: readonly OutboxRow[]) => void;
}

/**
 * Runs a batch of inputs as one transaction: all are durable when it resolves, with an outcome each, in their order.
 * What cannot be taken is parked in that same transaction. Rejects only where no input is at fault: the database cannot be used, or is not
 * what this build needs. The same messages and clocks may come again: what of them is durable is known by the inbox and the lock.
 */
export async function runBatch(context: BatchContext, inputs: readonly (Input | Unreadable)[]): Promise<Outcome[]> {
  const watched = context.telemetry?.begin(inputs);
  if (!watched) return callAndRun(context, inputs);
  try {
    const outcomes = await callAndRun(context, watched.inputs);
    watched.committed(outcomes);
    return outcomes;
  } catch (error) {
    watched.failed(error);
    throw error;
  }
}

async function callAndRun(context: BatchContext, inputs: readonly (Input | Unreadable)[]): Promise<Outcome[]> {
  const answers = await callGateways(inputs, context.gateways, context.callTimeoutMs);
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
        const [, { answered }] = await settleAll([hurried && hurry(tx), takeBatch(tx, context, inputs, answers)]);
        return new LastWrites(answered.then((outcomes) => ({ outcomes, appended: appendedIn(tx) })));
      }),
    context.telemetry?.conflict,
    hurried ? HURRIED_CONFLICTS : MAX_CONFLICTS,
  );
  crashPoint('batch.committed', context.pool);
  context.cacheRecords?.(appended);
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
  const states = new UnitOfWork(context.stores);
  const resolved = context.executor.resolveRefs(inputs, answers, states);
  const deduplicating = deduplicate(tx, inputs, context.idempotencySeconds);
  const [dedupeResults] = await settleAll([deduplicating, states.load(tx, refsIn(resolved))]);
  crashPoint('batch.accepted', context.pool);

  const decided = await context.executor.decide(tx, inputs, dedupeResults, resolved, states);
  return writeBatch(tx, context, { inputs, dedupeResults, decided, states });
}

function refsIn(resolved: readonly ResolvedRefs[]): (readonly Ref[])[] {
  const all: (readonly Ref[])[] = [];
  for (const each of resolved) if ('refs' in each) all.push(each.refs);
  return all;
}
