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
import type { ServiceTopics } from '../service-topics.js';
import { type Answers, callGateways } from './call-gateways.js';
import { deduplicate } from './deduplicate.js';
import { hurry } from './held.js';
import { Isolation } from './isolate.js';
import type { LogOutcomes } from './outcome-log.js';
import type { ResolvedRefs, StepExecutor } from './step-executor.js';
import { UnitOfWork } from './unit-of-work.js';
import { writeBatch } from './write-batch.js';

/** The dependencies of a batch. */
export interface BatchContext {
  readonly topics: ServiceTopics;
  readonly service: string;
  /** Their parked messages are left to the services that own them. */
  readonly otherSteps: readonly string[];
  readonly pool: Pool;
  readonly stores: readonly StoreBinding[];
  readonly executor: StepExecutor;
  readonly deadlines: DeadlineScheduler;
  readonly gateways: unknown;
  readonly idempotencySeconds: number;
  /** Maximum wait for gateways in ms. */
  readonly callTimeoutMs: number;
  readonly telemetry?: BatchTelemetry;
  readonly log: Pick<LogOutcomes, 'warn'>;
  readonly logThrottle: LogThrottle;
  /** Logs outcomes after the commit. */
  readonly report?: (inputs: readonly (Input | Unreadable)[], outcomes: readonly Outcome[]) => void;
  /** Receives the appended outbox rows after the commit. */
  readonly cacheRecords?: (parcels: readonly OutboxRow[]) => void;
}

/**
 * Runs a batch of inputs as one transaction. Resolves after the commit with one outcome per input, in order. Inputs that cannot
 * be processed are parked in the same transaction. Rejects only if no input is at fault: the database is unavailable, or does not
 * match this build. The same messages and deadlines can then be retried: inbox and row locks identify those already committed.
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
  return new Isolation(context, (some, given, hurried) => runInOne(context, some, given, hurried)).run(inputs, answers);
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
 * Runs the batch inside its transaction. The number of statements is independent of the number of inputs. They are sent in two
 * bursts: reads, then writes with the commit. The database runs each burst in the order of sending.
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
