import type { Tx } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { bringForward, type ParkedRow, postpone, takeDue, unpark } from '@quadrille/inbox';
import { askAll } from './ask.js';
import type { WatchedBatch } from './batch-telemetry.js';
import { type EventInput, type Failure, type Original, type Outcome, type Unreadable, WHOLE_RECORD } from './input.js';
import { retryConflicts } from './retry-conflicts.js';
import { type BatchContext, takeBatch } from './run-batch.js';
import { fateOf, giveNotice } from './set-aside.js';
import { transaction } from './transaction.js';
import { isFaultOfTheData } from './what-failed.js';

/** Why a message waits that the outside world did not answer. */
const OUTSIDE = 'outside-unavailable';

type Due = ParkedRow & { readonly id: string };

/** What the service makes of a record. */
type Hear = (record: Original) => readonly (EventInput | Unreadable)[];

/** What a parked row has become when it is read again. */
interface Reread {
  readonly row: Due;
  readonly inputs: readonly EventInput[];
  readonly failed?: { readonly code: string; readonly cause: string };
}

/**
 * Runs the first parked message of each key whose time has come, in one transaction that holds their rows. Says how many
 * there were: the next of a key is due as soon as its first is done. The outside world is asked inside the transaction,
 * which holds nothing but these keys.
 */
export async function redriveDue(context: BatchContext, hear: Hear, limit: number): Promise<number> {
  try {
    const { taken, inputs, outcomes, watched } = await retryConflicts(
      () => transaction(context.pool, (tx) => redriveIn(tx, context, hear, limit)),
      context.telemetry?.conflict,
    );
    if (taken > 0) crashPoint('redrive.committed', context.pool);
    watched?.committed(outcomes);
    context.tell?.(inputs, outcomes);
    return taken;
  } catch (error) {
    if (!isFaultOfTheData(error)) throw error;
    if (limit > 1) return redriveDue(context, hear, 1);
    return transaction(context.pool, async (tx) => {
      const rows = await takeDue(tx, 1);
      const cause = error instanceof Error ? error.message : String(error);
      await putBack(
        tx,
        context,
        rows.map((row) => ({ row, code: 'database', cause })),
      );
      return rows.length;
    });
  }
}

interface Redriven {
  readonly taken: number;
  readonly inputs: readonly EventInput[];
  readonly outcomes: readonly Outcome[];
  readonly watched?: WatchedBatch<EventInput> | undefined;
}

async function redriveIn(tx: Tx, context: BatchContext, hear: Hear, limit: number): Promise<Redriven> {
  const reread = (await takeDue(tx, limit)).map((row) => read(row, hear));
  if (reread.length === 0) return { taken: 0, inputs: [], outcomes: [] };
  crashPoint('redrive.taken', context.pool);
  const inputs = reread.flatMap((each) => each.inputs);
  const watched = context.telemetry?.begin(inputs);
  const traced = watched?.inputs ?? inputs;
  const answers = await askAll(traced, context.outside);
  const outcomes = await takeBatch(tx, context, traced, answers);
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
  // Who answers one answers all: nobody waits for the end of a pause that an outage has made long.
  if (reread.some(({ row }) => row.code === OUTSIDE && !back.has(row.id))) await bringForward(tx, OUTSIDE);
  crashPoint('redrive.removed', context.pool);
  return { taken: reread.length, inputs, outcomes, watched };
}

function read(row: Due, hear: Hear): Reread {
  const taken = hear(row.message as Original);
  const unreadable = taken.find((each): each is Unreadable => each.from === 'unreadable');
  if (unreadable) return { row, inputs: [], failed: { code: unreadable.code, cause: unreadable.cause } };
  // Nobody could tell whose it was. Now it comes in like any other record, and what fails is parked for its own row.
  if (row.step === WHOLE_RECORD) return { row, inputs: taken.filter((each) => each.from === 'event') };
  const mine = taken.filter((each): each is EventInput => each.from === 'event' && each.step.name === row.step);
  return { row, inputs: mine.map((input) => ({ ...input, parked: { id: row.id, attempts: row.attempts } })) };
}

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
  const now = new Date();
  const rows = failed.map(({ row, code, cause }) => {
    // What still cannot be read waits for the operator at once; time does not mend it.
    const fate =
      code === OUTSIDE || code === 'step-failed' || code === 'database'
        ? fateOf({ code }, row.attempts + 1, now)
        : { state: 'dead' as const, attempts: row.attempts + 1, dueAt: null };
    return { ...row, code, cause, ...fate };
  });
  await postpone(tx, rows);
  await giveNotice(
    tx,
    context.system,
    context.service,
    rows.filter((row) => row.state === 'dead'),
  );
}
