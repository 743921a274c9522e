import type { Ref, Tx } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { appendedIn } from '@quadrille/outbox';
import {
  type AfterCommit,
  HURRIED_CONFLICTS,
  LastWrites,
  MAX_CONFLICTS,
  retryConflicts,
  settleAll,
  transaction,
} from '@quadrille/postgres';
import type { Answer, Answers, Input, Outcome, Unreadable } from '../input.js';
import type { BatchTelemetry, Publisher } from '../runner-options.js';
import { deduplicate } from './deduplicate.js';
import { hurry, type ProbeContext } from './held.js';
import { Isolation } from './isolate.js';
import type { ResolvedRefs, StepExecutor } from './step-executor.js';
import { UnitOfWork } from './unit-of-work.js';
import { type SentWrites, type WriteContext, writeBatch } from './write-batch.js';

/** The dependencies of a batch. */
export interface BatchContext extends WriteContext, ProbeContext {
  /** Their parked messages are left to the services that own them. */
  readonly otherSteps: readonly string[];
  readonly executor: StepExecutor;
  readonly gateways: unknown;
  /** Maximum wait for gateways in ms. */
  readonly callTimeoutMs: number;
  readonly telemetry?: BatchTelemetry;
  /** Logs outcomes after the commit. */
  readonly report?: (inputs: readonly (Input | Unreadable)[], outcomes: readonly Outcome[]) => void;
  /** Publishes the events of a batch after its commit. */
  readonly relay?: Publisher;
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
  const outcomes = await retryConflicts(
    () =>
      transaction(context.pool, async (tx) => {
        const [, sent] = await settleAll([hurried && hurry(tx), takeBatch(tx, context, inputs, answers)]);
        return new LastWrites(sent.answered, publication(tx, context, sent.appends));
      }),
    context.telemetry?.conflict,
    hurried ? HURRIED_CONFLICTS : MAX_CONFLICTS,
  );
  crashPoint('batch.committed', context.pool);
  return outcomes;
}

/** Wakes the relay after the commit. If it is idle, the rows that it would read come with the commit. */
function publication(tx: Tx, { relay }: BatchContext, appends: boolean): AfterCommit | undefined {
  if (!relay) return undefined;
  const read = appends ? relay.waitingRead() : undefined;
  return {
    read,
    committed(rows) {
      relay.cache(appendedIn(tx));
      if (read) read.found(rows as Parameters<typeof read.found>[0]);
      else relay.wake();
    },
  };
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
): Promise<SentWrites> {
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

/**
 * Calls the gateways for all inputs at once; the gateways limit their own concurrency. A call pending after `timeoutMs` counts
 * as unavailable, so that one slow answer does not delay the batch: its key is parked and retried. Without `timeoutMs`, only the
 * timeouts of the gateways apply.
 */
export async function callGateways(
  inputs: readonly (Input | Unreadable)[],
  gateways: unknown,
  timeoutMs = Number.POSITIVE_INFINITY,
): Promise<Answers> {
  const answers = new Map<Input | Unreadable, Answer>();
  const calls = new Map<Input, Promise<void>>();
  let isOver = false;
  for (const input of inputs) {
    const answering = input.from === 'unreadable' ? undefined : callGateway(input, gateways);
    if (!answering) continue;
    const stored = answering.then((answer) => {
      if (!isOver) answers.set(input, answer);
    });
    calls.set(input as Input, stored);
  }
  if (calls.size === 0) return answers;
  await withCallTimeout(Promise.all(calls.values()), timeoutMs);
  isOver = true;
  for (const input of calls.keys()) {
    if (!answers.has(input)) answers.set(input, unavailable(`no answer within ${timeoutMs} ms`));
  }
  return answers;
}

/** Returns undefined if the step calls no gateway. Never rejects. */
function callGateway({ step, payload }: Input, gateways: unknown): Promise<Answer> | undefined {
  try {
    return step.call?.(payload, gateways)?.then((answer) => ({ answer }), unanswered);
  } catch (error) {
    return Promise.resolve(unanswered(error));
  }
}

const unanswered = (error: unknown): Answer => unavailable(error instanceof Error ? error.message : String(error));

const unavailable = (cause: string): Answer => ({ failed: { code: 'gateway-unavailable', cause } });

async function withCallTimeout(work: Promise<unknown>, ms: number): Promise<void> {
  if (!Number.isFinite(ms)) return void (await work);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}
