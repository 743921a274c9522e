import { type Change, Conflict, type Store, type Tx, type Write } from '@quadrille/choreography';
import { isAftermath, isConflict, isUniqueViolation } from './pg-errors.js';

/**
 * Inserts rows that `load` did not find. If one exists by now, it is a {@link Conflict}. The transaction is over then, so a check
 * per row (`on conflict do nothing`) would only add cost.
 */
export const insertFresh = (what: string, text: string, values: readonly unknown[]): Write => ({
  text,
  values,
  fresh: what,
});

/**
 * Writes `count` rows, or fails as a {@link Conflict}: after a faster transaction, the statement finds fewer rows. The database
 * compares the counts, so that no unchecked write can commit. `what` is a constant of the code, never input.
 */
export const writeEach = (what: string, count: number, text: string, values: readonly unknown[]): Write => ({
  text: `with written as (${text} returning 1)
     select conflict_unless(count(*) = $${values.length + 1}::int, '${what}') from written`,
  values: [...values, count],
});

/** Sends all statements at once, in their order. Throws a {@link Conflict} if one met a faster transaction. */
export async function send(tx: Tx, writes: readonly Write[]): Promise<void> {
  await settleAll(writes.map((write) => sendOne(tx, write)));
}

async function sendOne(tx: Tx, { text, values, fresh }: Write): Promise<void> {
  try {
    await tx.query(text, values);
  } catch (error) {
    throw fresh !== undefined && isUniqueViolation(error) ? new Conflict(fresh) : error;
  }
}

/** A store that returns its writes as statements: see `Store.writes`. */
export const writing = <State>(store: {
  load: Store<State>['load'];
  writes(changed: readonly Change<State>[]): readonly Write[];
}): Store<State> => ({ ...store, save: async (tx, changed) => send(tx, store.writes(changed)) });

/** Matches text that needs no quotes in an array literal: ids, numbers, times, most words. */
const PLAIN = /^[A-Za-z0-9-][A-Za-z0-9.:_-]*$/;

/**
 * Formats an array literal of PostgreSQL (`{a,"b c",NULL}`), faster than the driver. Supports texts, numbers, booleans and nulls;
 * returns undefined for other types, which the driver formats.
 */
export function arrayLiteral(values: readonly unknown[]): string | undefined {
  if (values.length === 0) return '{}';
  const pieces = new Array<string>(values.length);
  // A column often repeats a value, such as a state or a time.
  let known: string | undefined;
  let knownPiece = '';
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (typeof value === 'string') {
      if (value !== known) {
        known = value;
        knownPiece = quoted(value);
      }
      pieces[at] = knownPiece;
    } else if (value === null || value === undefined) pieces[at] = 'NULL';
    else if (typeof value === 'number' || typeof value === 'boolean') pieces[at] = String(value);
    else return undefined;
  }
  pieces[0] = `{${pieces[0]}`;
  pieces[pieces.length - 1] += '}';
  // Joined in one step: a string built by concatenation is copied once more before it is sent.
  return pieces.join(',');
}

function quoted(text: string): string {
  if (PLAIN.test(text) && (text.length !== 4 || text.toLowerCase() !== 'null')) return text;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A column of type `timestamptz` as {@link isoOf} reads it. */
export const utc = (column: string): string => `(${column} at time zone 'UTC')::text`;

/** Formats a time as events have it, to the millisecond. It costs a tenth of a `Date` made by the driver and formatted. */
export const isoOf = (text: string): string =>
  `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, 23).padEnd(3, '0')}Z`;

/**
 * Waits for all work that was sent together. If some of it fails, throws the most useful failure: a conflict, because a retry
 * also cures the failures beside it; else an original failure rather than its aftermath.
 */
export async function settleAll<Works extends readonly unknown[]>(
  works: readonly [...Works],
): Promise<{ -readonly [At in keyof Works]: Awaited<Works[At]> }> {
  const settled = await Promise.allSettled(works);
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (failures.length > 0) {
    throw failures.find(isConflict) ?? failures.find((failure) => !isAftermath(failure)) ?? failures[0];
  }
  return settled.map((each) => (each as PromiseFulfilledResult<unknown>).value) as never;
}

const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Formats a `timestamptz` in ISO 8601 with a four-digit year, so that texts sort like times and PostgreSQL can parse them.
 * PostgreSQL has times beyond that range (`infinity`, the year 290000, years BC). They are clamped to the bound, so that one such
 * row does not fail a list.
 */
export function momentOf(value: Date | number): string {
  const time = Number(value);
  const known = Number.isNaN(time) ? LATEST_MS : Math.max(EARLIEST_MS, Math.min(LATEST_MS, time));
  return new Date(known).toISOString();
}
