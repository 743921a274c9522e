import type { Tx } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { expedite, reschedule, type StoredRow, takeDue, unpark } from '@quadrille/inbox';
import { append } from '@quadrille/outbox';
import {
  HURRIED_CONFLICTS,
  isTransient,
  messageOf,
  retryConflicts,
  scopeOf,
  settleAll,
  transaction,
} from '@quadrille/postgres';
import { hurry } from '../batch/held.js';
import { failureOf } from '../batch/isolate.js';
import { type BatchContext, callGateways, takeBatch } from '../batch/run-batch.js';
import { type EventInput, type Failure, type Original, type Outcome, type Unreadable, WHOLE_RECORD } from '../input.js';
import type { WatchedBatch } from '../runner-options.js';
import { isOfInput, isTransientCode, noticesOf, type RetryDecision, retryDecisionOf } from './park-or-dead-letter.js';
import { isRecord } from './parkable.js';

/** Code of a message that waits for an unavailable gateway. */
const GATEWAY_UNAVAILABLE = 'gateway-unavailable';

type Due = StoredRow;

/** Routes a record to inputs of the service. */
type Route = (record: Original) => Promise<readonly (EventInput | Unreadable)[]>;

/** A parked row after reading it again. */
interface Reread {
  readonly row: Due;
  readonly inputs: readonly EventInput[];
  readonly failed?: { readonly code: string; readonly cause: string };
}

/** Number of processed keys, and the maximum for the next round. */
interface Round {
  readonly taken: number;
  readonly next: number;
}

/**
 * Retries the first due parked message of each key, in one transaction that locks their rows, with short waits for other locks.
 * The next message of a key is due as soon as its first is done. Gateways are called inside the transaction, which locks only
 * these keys. If a message fails the transaction, the number of keys is halved until it is alone and is rescheduled; then the
 * number doubles again.
 */
export async function redriveDue(context: BatchContext, route: Route, most: number, limit = most): Promise<Round> {
  let tried: readonly Due[] = [];
  try {
    const { taken, inputs, outcomes, watched } = await retryConflicts(
      () =>
        transaction(context.pool, (tx) =>
          redriveIn(tx, context, route, limit, (rows) => {
            tried = rows;
          }),
        ),
      context.telemetry?.conflict,
      HURRIED_CONFLICTS,
    );
    if (taken > 0) crashPoint('redrive.committed', context.pool);
    watched?.committed(outcomes);
    context.report?.(inputs, outcomes);
    return { taken, next: Math.min(most, 2 * limit) };
  } catch (error) {
    if (isTransient(scopeOf(error)) || tried.length === 0) throw error;
    if (tried.length > 1) return redriveDue(context, route, most, Math.ceil(tried.length / 2));
    return { taken: await putBackAlone(context, tried[0]!, error), next: 1 };
  }
}

/** Another instance may have taken the row, or the row is no longer the first that is due. */
async function putBackAlone(context: BatchContext, { id }: Due, error: unknown): Promise<number> {
  const { code, cause } = failureOf(error);
  return transaction(context.pool, async (tx) => {
    await hurry(tx);
    const rows = (await takeDue(tx, 1, context.otherSteps)).filter((row) => row.id === id);
    await putBack(
      tx,
      context,
      rows.map((row) => ({ row, code, cause })),
    );
    return 1;
  });
}

interface Redriven {
  readonly taken: number;
  readonly inputs: readonly EventInput[];
  readonly outcomes: readonly Outcome[];
  readonly watched?: WatchedBatch<EventInput> | undefined;
}

async function redriveIn(
  tx: Tx,
  context: BatchContext,
  route: Route,
  limit: number,
  onTaken: (rows: readonly Due[]) => void,
): Promise<Redriven> {
  const [, rows] = await settleAll([hurry(tx), takeDue(tx, limit, context.otherSteps)]);
  onTaken(rows);
  const reread = await Promise.all(rows.map((row) => read(row, route)));
  if (reread.length === 0) return { taken: 0, inputs: [], outcomes: [] };
  crashPoint('redrive.taken', context.pool);
  const inputs = reread.flatMap((each) => each.inputs);
  const watched = context.telemetry?.begin(inputs);
  const traced = watched?.inputs ?? inputs;
  const answers = await callGateways(traced, context.gateways);
  // The transaction continues with further writes.
  const outcomes = await (await takeBatch(tx, context, traced, answers)).answered;
  const came = new Map<EventInput, Outcome>(inputs.map((input, at) => [input, outcomes[at]!]));
  crashPoint('redrive.ran', context.pool);
  const failed = reread.flatMap(({ row, ...each }) => {
    const failure = each.failed ?? failureAmong(each.inputs, came);
    return failure ? [{ row, ...failure }] : [];
  });
  const back = new Set(failed.map(({ row }) => row.id));
  await putBack(tx, context, failed);
  const done = reread.filter(({ row }) => !back.has(row.id)).map(({ row }) => row.id);
  if (done.length > 0) await unpark(tx, done);
  // One answer means that the gateway is available again: retry all its messages now, without the long pauses of the outage.
  if (reread.some(({ row }) => row.code === GATEWAY_UNAVAILABLE && !back.has(row.id)))
    await expedite(tx, GATEWAY_UNAVAILABLE);
  crashPoint('redrive.removed', context.pool);
  return { taken: reread.length, inputs, outcomes, watched };
}

async function read(row: Due, route: Route): Promise<Reread> {
  if (!isRecord(row.message)) return unread(row, 'malformed', 'The parked message does not have the form of a record.');
  let taken: Awaited<ReturnType<Route>>;
  try {
    taken = await route(row.message);
  } catch (error) {
    // The schema registry is away.
    return unread(row, GATEWAY_UNAVAILABLE, messageOf(error));
  }
  const unreadable = taken.find((each): each is Unreadable => each.from === 'unreadable');
  if (unreadable) return unread(row, unreadable.code, unreadable.cause);
  // Its step was unknown. It is now routed like a new record, and a failure is parked for its own step.
  if (row.step === WHOLE_RECORD) return { row, inputs: taken.filter((each) => each.from === 'event') };
  const mine = taken.filter((each): each is EventInput => each.from === 'event' && each.step.name === row.step);
  if (mine.length === 0) return unread(row, 'unknown-step', `No step ${row.step} of this service handles it.`);
  return { row, inputs: mine.map((input) => ({ ...input, parked: { id: row.id, attempts: row.attempts } })) };
}

const unread = (row: Due, code: string, cause: string): Reread => ({ row, inputs: [], failed: { code, cause } });

function failureAmong(
  inputs: Reread['inputs'],
  came: ReadonlyMap<Reread['inputs'][number], Outcome>,
): Failure | undefined {
  for (const input of inputs) {
    const outcome = came.get(input);
    if (input.parked && outcome && 'failed' in outcome) return outcome.failed;
  }
  return undefined;
}

async function putBack(
  tx: Tx,
  context: BatchContext,
  failed: readonly { readonly row: Due; readonly code: string; readonly cause: string }[],
): Promise<void> {
  if (failed.length === 0) return;
  const rows = failed.map(({ row, code, cause }) => ({ ...row, code, cause, ...nextRetryDecision(row, code) }));
  await reschedule(tx, rows);
  const dead = rows.filter((row) => row.state === 'dead');
  await append(tx, noticesOf(context.topics.deadLetters, context.service, dead));
}

/**
 * A message that is still unreadable waits for an operator at once: time does not help. Attempts during an outage do not count.
 */
function nextRetryDecision(row: Due, code: string): RetryDecision {
  const attempts = (isTransientCode(row.code) && !isTransientCode(code) ? 0 : row.attempts) + 1;
  return isOfInput(code) ? retryDecisionOf({ code }, attempts) : { state: 'dead', attempts, pauseMs: null };
}
