import { type Ref, refsOf, type Tx } from '@quadrille/choreography';
import { allOf } from './all-of.js';
import type { Answers } from './ask.js';
import type { Kept } from './definition.js';
import type { Failure, Input, Unreadable } from './input.js';
import { messageOf, scopeOf } from './pg-errors.js';
import type { BatchContext } from './run-batch.js';
import { transaction } from './transaction.js';

/** How long who has lost time to a lock waits for the next one: more than a transaction that only works holds a row. */
export const HURRIED_LOCK_TIMEOUT_MS = 50;
/** And for a statement. */
const HURRIED_STATEMENT_TIMEOUT_MS = 2_000;
/** Looking takes no longer than this; what could not be looked at counts as held, so that a locked table costs no more than a row. */
const LOOK_MS = 2_000;
/** Long enough to ask meanwhile who is in the way. */
const ASKING_MS = 200;

/** For the rest of a transaction. */
export const hurry = (tx: Tx): Promise<unknown> =>
  tx.query(
    `select set_config('lock_timeout', '${HURRIED_LOCK_TIMEOUT_MS}', true),
            set_config('statement_timeout', '${HURRIED_STATEMENT_TIMEOUT_MS}', true)`,
  );

/**
 * The inputs of a batch whose states somebody else has locked, each with its failure. Each state is tried for itself, in a
 * transaction of its own that changes nothing.
 */
export async function heldAmong(
  context: BatchContext,
  inputs: readonly (Input | Unreadable)[],
  answers: Answers,
): Promise<Map<Input | Unreadable, Failure>> {
  const held = new Map<string, unknown>();
  const until = Date.now() + LOOK_MS;
  const touched = inputs.map((input) => ({ input, refs: refsTouched(input, answers) }));
  for (const kept of context.kept) {
    for (const key of keysOf(
      kept,
      touched.flatMap(({ refs }) => refs),
    )) {
      const thrown = Date.now() > until ? [...held.values()][0] : await whyHeld(context, kept, key);
      if (!thrown) continue;
      if (held.size === 0) await tellBlockers(context, kept, key);
      held.set(nameOf({ aggregate: kept.aggregate, key }), thrown);
    }
  }
  return new Map(
    touched.flatMap(({ input, refs }) => {
      const ref = refs.find((each) => held.has(nameOf(each)));
      if (!ref) return [];
      const thrown = held.get(nameOf(ref));
      const cause = `${ref.aggregate.name} ${ref.key} is held by another session of the database: ${messageOf(thrown)}`;
      return [[input, { code: 'locked', cause, thrown }] as const];
    }),
  );
}

const nameOf = ({ aggregate, key }: Ref): string => JSON.stringify([aggregate.name, key]);

const keysOf = ({ aggregate }: Kept, refs: readonly Ref[]): string[] =>
  [...new Set(refs.filter((ref) => ref.aggregate === aggregate).map(({ key }) => key))].sort();

function refsTouched(input: Input | Unreadable, answers: Answers): readonly Ref[] {
  const answer = answers.get(input);
  if (input.from === 'unreadable' || (answer && 'failed' in answer)) return [];
  try {
    return refsOf(input.step.touches(input.heard));
  } catch {
    // A bug of the step, which the batch tells.
    return [];
  }
}

/** What else goes wrong here is the batch's to tell. */
async function whyHeld({ pool }: BatchContext, { store }: Kept, key: string): Promise<unknown> {
  try {
    await transaction(pool, (tx) => allOf([hurry(tx), store.load(tx, [key])]));
    return undefined;
  } catch (error) {
    return scopeOf(error) === 'locked' ? error : undefined;
  }
}

/** Tells the log which sessions of the database are in the way, as well as can be. */
async function tellBlockers(
  { pool, seldom, log }: BatchContext,
  { aggregate, store }: Kept,
  key: string,
): Promise<void> {
  let pids: unknown;
  await transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>(
      `select pg_backend_pid() as pid, set_config('lock_timeout', '${ASKING_MS}', true)`,
    );
    const asking = new Promise((resolve) => setTimeout(resolve, ASKING_MS / 2)).then(() =>
      transaction(pool, (other) =>
        other.query<{ pids: number[] }>('select pg_blocking_pids($1::int) as pids', [rows[0]!.pid]),
      ),
    );
    const [, asked] = await Promise.allSettled([store.load(tx, [key]), asking]);
    pids = asked.status === 'fulfilled' ? asked.value.rows[0]?.pids : undefined;
  }).catch(() => {});
  seldom.tell(`held ${aggregate.name}`, (more) =>
    log.warn({ aggregate: aggregate.name, key, pids, ...more }, 'a row is held by other sessions of the database'),
  );
}
