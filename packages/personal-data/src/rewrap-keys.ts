import type { Pool } from 'pg';
import { ADD_SECRET_ID } from './data-keys.js';
import { MasterKeys, WrongSecret } from './master-key.js';

const KEYS_AT_ONCE = 1_000;

/** The probe, which has no subject, comes last: a service starts without an old secret only once no key needs it. */
const NEXT = `
  select subject, key, wrapped_by as "wrappedBy" from data_keys
  where key is not null and wrapped_by is distinct from $1 and ($2::text is null or subject < $2)
  order by subject desc limit $3`;
/** A key that was erased in between stays erased. */
const REPLACE = `
  update data_keys set key = made.key, wrapped_by = $4
  from unnest($1::text[], $2::bytea[], $3::bytea[]) as made (subject, before, key)
  where data_keys.subject = made.subject and data_keys.key = made.before`;

interface Stored {
  readonly subject: string;
  readonly key: Buffer;
  readonly wrappedBy: string | null;
}

/** The result of {@link rewrapKeys}. */
export interface Rewrapped {
  readonly rewrapped: number;
  /** The number of keys that none of the secrets opens. */
  readonly unopened: number;
  /** Why they are not opened; undefined without any. */
  readonly problem?: WrongSecret;
}

/**
 * Wraps all keys with the first of the secrets, so that the others are no longer needed. The keys themselves stay the same. Safe
 * to repeat, and beside running services.
 */
export async function rewrapKeys(
  database: Pick<Pool, 'query'>,
  secrets: readonly [string, ...string[]],
): Promise<Rewrapped> {
  const master = new MasterKeys(secrets);
  await database.query(ADD_SECRET_ID);
  let last: string | null = null;
  let result: Rewrapped = { rewrapped: 0, unopened: 0 };
  for (;;) {
    const { rows }: { rows: Stored[] } = await database.query<Stored>(NEXT, [master.id, last, KEYS_AT_ONCE]);
    const made = rows.flatMap((row) => {
      // Without the probe, a service starts with the old secret only.
      if (row.subject === '' && result.unopened > 0) return [];
      try {
        return [{ ...row, made: master.wrap(row.subject, master.unwrap(row.subject, row)) }];
      } catch (error) {
        if (!(error instanceof WrongSecret)) throw error;
        result = { ...result, unopened: result.unopened + 1, problem: error };
        return [];
      }
    });
    const columns = [made.map(({ subject }) => subject), made.map(({ key }) => key), made.map((each) => each.made)];
    const { rowCount } = await database.query(REPLACE, [...columns, master.id]);
    result = { ...result, rewrapped: result.rewrapped + (rowCount ?? 0) };
    if (rows.length < KEYS_AT_ONCE) return result;
    last = rows.at(-1)!.subject;
  }
}
