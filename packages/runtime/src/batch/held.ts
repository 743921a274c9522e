import { type Ref, refsOf, type Tx } from '@quadrille/choreography';
import { messageOf, scopeOf, settleAll, transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { Answers, Failure, Input, Unreadable } from '../input.js';
import type { LogThrottle } from '../log.js';
import type { StoreBinding } from '../runtime-definition.js';
import type { LogOutcomes } from './outcome-log.js';

/** Lock timeout in ms after the batch lost time to a lock: longer than a normal transaction holds a row. */
const HURRIED_LOCK_TIMEOUT_MS = 50;
/** Lock timeout in ms for a probe; many probes run one after the other, so their waits add up. */
const LOOKING_LOCK_TIMEOUT_MS = 20;
/** Statement timeout in ms for both. */
const HURRIED_STATEMENT_TIMEOUT_MS = 2_000;
/** Time limit for probes in ms. Keys not probed by then count as locked, so that a locked table costs no more than a row. */
const LOOK_MS = 4_000;
/** Lock timeout in ms while the blocking sessions are determined. */
const PROBE_TIMEOUT_MS = 500;

/** Sets short timeouts for the rest of a transaction. */
export const hurry = (tx: Tx, lockTimeoutMs = HURRIED_LOCK_TIMEOUT_MS): Promise<unknown> =>
  tx.query(
    `select set_config('lock_timeout', '${lockTimeoutMs}', true),
            set_config('statement_timeout', '${HURRIED_STATEMENT_TIMEOUT_MS}', true)`,
  );

/** The parts of a service that a search for locked states needs. */
export interface ProbeContext {
  readonly pool: Pool;
  readonly stores: readonly StoreBinding[];
  readonly log: Pick<LogOutcomes, 'warn'>;
  readonly logThrottle: LogThrottle;
}

/**
 * Returns the inputs of a batch whose states another session has locked, each with its failure. It loads the states in
 * transactions that change nothing, and halves the keys where one of them is locked.
 */
export async function heldAmong(
  context: ProbeContext,
  inputs: readonly (Input | Unreadable)[],
  answers: Answers,
): Promise<Map<Input | Unreadable, Failure>> {
  const until = Date.now() + LOOK_MS;
  const resolved = inputs.map((input) => ({ input, refs: refsLoaded(input, answers) }));
  const all = resolved.flatMap(({ refs }) => refs);
  const held = new Map<string, unknown>();
  for (const store of context.stores) {
    for (const [key, thrown] of await search(context.pool, store, keysOf(store, all), until)) {
      if (held.size === 0) await reportBlockers(context, store, key);
      held.set(nameOf({ aggregate: store.aggregate, key }), thrown);
    }
  }
  return new Map(
    resolved.flatMap(({ input, refs }) => {
      const ref = refs.find((each) => held.has(nameOf(each)));
      if (!ref) return [];
      const thrown = held.get(nameOf(ref));
      const cause = `${ref.aggregate.name} ${ref.key} is held by another session of the database: ${messageOf(thrown)}`;
      return [[input, { code: 'locked', cause, thrown }] as const];
    }),
  );
}

/** Returns the locked keys, each with its error. `known`: the error for some of these keys, if already known. */
async function search(
  pool: Pool,
  store: StoreBinding,
  keys: readonly string[],
  until: number,
  known?: unknown,
): Promise<[string, unknown][]> {
  if (keys.length === 0) return [];
  const thrown = known ?? (await whyHeld(pool, store, keys));
  if (!thrown) return [];
  if (keys.length === 1 || Date.now() > until) return keys.map((key) => [key, thrown]);
  const middle = Math.ceil(keys.length / 2);
  const first = await search(pool, store, keys.slice(0, middle), until);
  // If no key of the first half is locked, one of the other half is.
  const other = await search(pool, store, keys.slice(middle), until, first.length === 0 ? thrown : undefined);
  return [...first, ...other];
}

const nameOf = ({ aggregate, key }: Ref): string => JSON.stringify([aggregate.name, key]);

const keysOf = ({ aggregate }: StoreBinding, refs: readonly Ref[]): string[] =>
  [...new Set(refs.filter((ref) => ref.aggregate === aggregate).map(({ key }) => key))].sort();

function refsLoaded(input: Input | Unreadable, answers: Answers): readonly Ref[] {
  const answer = answers.get(input);
  if (input.from === 'unreadable' || (answer && 'failed' in answer)) return [];
  try {
    return refsOf(input.step.loads(input.payload));
  } catch {
    // A bug of the step, which the batch reports.
    return [];
  }
}

/** Returns undefined for other errors: the batch reports them. */
async function whyHeld(pool: Pool, { store }: StoreBinding, keys: readonly string[]): Promise<unknown> {
  try {
    await transaction(pool, (tx) => settleAll([hurry(tx, LOOKING_LOCK_TIMEOUT_MS), store.load(tx, keys)]));
    return undefined;
  } catch (error) {
    return scopeOf(error) === 'locked' ? error : undefined;
  }
}

/** Logs the blocking sessions, on a best-effort basis. */
async function reportBlockers(
  { pool, logThrottle, log }: ProbeContext,
  { aggregate, store }: StoreBinding,
  key: string,
): Promise<void> {
  let pids: readonly number[] = [];
  let isOver = false;
  await transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>(
      `select pg_backend_pid() as pid, set_config('lock_timeout', '${PROBE_TIMEOUT_MS}', true)`,
    );
    // It fails; without a handler, its rejection would be unhandled if the query below fails first.
    const waiting = Promise.allSettled([store.load(tx, [key])]).then(() => {
      isOver = true;
    });
    while (!isOver && pids.length === 0) pids = await blockersOf(pool, rows[0]!.pid);
    await waiting;
  }).catch(() => {});
  logThrottle.log(`held ${aggregate.name}`, (more) =>
    log.warn({ aggregate: aggregate.name, key, pids, ...more }, 'a row is held by other sessions of the database'),
  );
}

async function blockersOf(pool: Pool, pid: number): Promise<number[]> {
  const { rows } = await transaction(pool, (tx) =>
    tx.query<{ pids: number[] }>('select pg_blocking_pids($1::int) as pids', [pid]),
  );
  return rows[0]!.pids;
}
