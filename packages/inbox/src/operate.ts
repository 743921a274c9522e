import type { Tx } from './accept.js';
import { type ParkedRow, STORED_ROW, type StoredRow } from './park.js';

/** Filter and page of {@link listParked}. `cursor`: the `next` of the previous page. */
export interface ParkedQuery {
  readonly state?: StoredRow['state'];
  readonly key?: string;
  readonly cursor?: string;
  readonly limit: number;
}

const LIST = `
  select ${STORED_ROW}
    from parked
   where ($1::text is null or state = $1) and ($2::text is null or key = $2) and id > $3
   order by id
   limit $4`;

/** Returns a page of parked rows, oldest first. `next` is null on the last page. */
export async function listParked(tx: Tx, query: ParkedQuery): Promise<{ rows: StoredRow[]; next: string | null }> {
  const { state = null, key = null, cursor = '0', limit } = query;
  const { rows } = await tx.query<StoredRow>(LIST, [state, key, cursor, limit]);
  return { rows, next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null };
}

/** Returns one parked row, or undefined when the row is no longer parked. */
export async function showParked(tx: Tx, id: string): Promise<StoredRow | undefined> {
  const { rows } = await tx.query<StoredRow>(`select ${STORED_ROW} from parked where id = $1`, [id]);
  return rows[0];
}

/** The rows that an operator selects: by id, or all rows of a key. */
export type Selection = { readonly ids: readonly string[] } | { readonly key: string };

const REDRIVE = `
  with chosen as (
    select * from parked where (id = any($1::bigint[]) or key = $2) and state <> 'queued' order by id for update
  ), due as (
    update parked set state = 'retrying', due_at = now(), attempts = 0 from chosen where parked.id = chosen.id
  )
  insert into parked_audit (action, parked, by, reason) select 'redrive', row_to_json(chosen), $3, $4 from chosen order by id`;

/**
 * Makes selected `dead` and `retrying` rows due now, resets their attempts and returns their number. `queued` rows stay
 * unchanged: they follow their predecessor.
 */
export async function redrive(tx: Tx, chosen: Selection, by: string, reason: string): Promise<number> {
  const [ids, key] = 'ids' in chosen ? [chosen.ids, null] : [[], chosen.key];
  const { rowCount } = await tx.query(REDRIVE, [ids, key, by, reason]);
  return rowCount ?? 0;
}

/** A past action of an operator on a row. */
export interface OperatorDecision {
  readonly action: 'redrive' | 'discard';
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

// Compares the start of the text: a JSON operator fails on a character that PostgreSQL cannot convert back to text.
const LAST_DECISION = `
  select action, by, reason, at from parked_audit
   where parked::text like '{"id":' || $1::bigint || ',%'
   order by id desc
   limit 1`;

/** Returns the last operator action on a row, which may be gone, or undefined. */
export async function lastDecision(tx: Tx, id: string): Promise<OperatorDecision | undefined> {
  const { rows } = await tx.query<OperatorDecision>(LAST_DECISION, [id]);
  return rows[0];
}

const DISCARD = `
  with discarded as (delete from parked where id = any($1::bigint[]) returning *)
  insert into parked_audit (action, parked, by, reason) select 'discard', row_to_json(discarded), $2, $3 from discarded`;

/** Deletes rows for good and returns their number; the rows behind them become due. The audit table stores the whole message. */
export async function discard(tx: Tx, ids: readonly string[], by: string, reason: string): Promise<number> {
  const { rowCount } = await tx.query(DISCARD, [ids, by, reason]);
  return rowCount ?? 0;
}

/** The number of parked messages of one step in one state. */
export interface ParkedByStep {
  readonly step: string;
  readonly state: ParkedRow['state'];
  readonly messages: number;
}

/** Counts parked messages per step and state, for metrics. Steps without parked messages are omitted. */
export async function parkedByStep(tx: Tx): Promise<ParkedByStep[]> {
  const { rows } = await tx.query<ParkedByStep>(
    'select step, state, count(*)::float8 as messages from parked group by step, state',
  );
  return rows;
}

const PARKED_COUNT = `
  select count(*) filter (where state = 'retrying')::float8 as retrying,
         count(*) filter (where state = 'dead')::float8 as dead,
         count(*) filter (where state = 'queued')::float8 as queued
    from parked`;

/** Counts parked messages per state, for metrics and health checks. */
export async function parkedCount(tx: Tx): Promise<Record<ParkedRow['state'], number>> {
  const { rows } = await tx.query<Record<ParkedRow['state'], number>>(PARKED_COUNT);
  return rows[0]!;
}
