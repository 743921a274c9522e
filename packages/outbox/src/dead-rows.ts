import { append, type OutboxRecord, type Tx } from './append.js';
import { faultOf, recordsOf } from './outbox-row.js';

/** A record that can never be sent, with the cause. */
export interface DeadRow {
  /** A 64-bit number in decimal. */
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
  /**
   * The unchanged row of the outbox if its records could not be read or stored in columns; the fields above are then defaults.
   */
  readonly records: string | null;
  readonly cause: string;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly diedAt: Date;
}

/** Maximum characters of a row that are returned; a row may have any size. */
const SHOWN_CHARACTERS = 1_000_000;

const DEAD_ROW = `id, topic, key, headers, payload::text, left(records, ${SHOWN_CHARACTERS}) as records,
                  cause, attempts, created_at as "createdAt", died_at as "diedAt"`;

const LIST = `
  select ${DEAD_ROW} from outbox_dead where id > $1 and ($2::text is null or key = $2) order by id limit $3`;

/** Returns a page of records that can never be sent, oldest first; `next` is null on the last page. */
export async function listDead(
  tx: Tx,
  { cursor = '0', key, limit }: { readonly cursor?: string; readonly key?: string; readonly limit: number },
): Promise<{ rows: DeadRow[]; next: string | null }> {
  const { rows } = await tx.query<DeadRow>(LIST, [cursor, key ?? null, limit]);
  return { rows, next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null };
}

/** Returns one record, or undefined when it no longer exists. */
export async function showDead(tx: Tx, id: string): Promise<DeadRow | undefined> {
  const { rows } = await tx.query<DeadRow>(`select ${DEAD_ROW} from outbox_dead where id = $1`, [id]);
  return rows[0];
}

const TAKE = `
  with taken as (
    delete from outbox_dead where id = $1 returning *
  ), stored as (
    insert into outbox_dead_audit (action, dead, by, reason) select $2, row_to_json(taken), $3, $4 from taken
  )
  select ${DEAD_ROW} from taken`;

/** The stored row still cannot be read. */
export class StillUnreadable extends Error {
  override readonly name = 'StillUnreadable';
}

/**
 * Appends a record again, behind waiting records of its key, and returns whether it existed. The audit table stores operator and
 * reason. Throws {@link StillUnreadable}; the record then stays in place.
 */
export async function redriveDead(tx: Tx, id: string, by: string, reason: string): Promise<boolean> {
  const { rows } = await tx.query<DeadRow>(TAKE, [id, 'redrive', by, reason]);
  const [row] = rows;
  if (row) await append(tx, recordsIn(row));
  return row !== undefined;
}

function recordsIn(row: DeadRow): OutboxRecord[] {
  if (row.records === null) {
    const fault = faultOf(row);
    if (fault) throw new StillUnreadable(`The record ${fault}.`);
    return [row];
  }
  if (row.records.length >= SHOWN_CHARACTERS) throw new StillUnreadable('The row is too large.');
  try {
    return recordsOf(row.records);
  } catch (error) {
    throw new StillUnreadable((error as Error).message);
  }
}

/** Deletes a record for good and returns whether it existed; it is never published. The audit table stores the whole record. */
export async function discardDead(tx: Tx, id: string, by: string, reason: string): Promise<boolean> {
  const { rows } = await tx.query(TAKE, [id, 'discard', by, reason]);
  return rows.length > 0;
}

const PURGE = `
  delete from outbox_dead_audit
   where ctid = any(array(
     select ctid from outbox_dead_audit where at < now() - make_interval(secs => $1)
      order by at limit $2 for update skip locked))`;

/**
 * Deletes at most `limit` operator actions older than this, and returns their number. Records without an operator action stay.
 */
export async function purgeDecisions(tx: Tx, olderThanSeconds: number, limit: number): Promise<number> {
  const { rowCount } = await tx.query(PURGE, [olderThanSeconds, limit]);
  return rowCount ?? 0;
}

/** Counts records that can never be sent, for metrics. */
export async function deadCount(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ dead: number }>('select count(*)::float8 as dead from outbox_dead');
  return rows[0]!.dead;
}
