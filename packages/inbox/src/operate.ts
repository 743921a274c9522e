import { STORED_ROW, type StoredRow } from './parked-row.js';
import type { Tx } from './tx.js';

/** What an operator wants to see. `cursor`: the `next` of the page before. */
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

/** A page of what is parked, oldest first; `next` is null on the last one. */
export async function listParked(tx: Tx, query: ParkedQuery): Promise<{ rows: StoredRow[]; next: string | null }> {
  const { state = null, key = null, cursor = '0', limit } = query;
  const { rows } = await tx.query<StoredRow>(LIST, [state, key, cursor, limit]);
  return { rows, next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null };
}

/** One parked row, or undefined when it is parked no more. */
export async function showParked(tx: Tx, id: string): Promise<StoredRow | undefined> {
  const { rows } = await tx.query<StoredRow>(`select ${STORED_ROW} from parked where id = $1`, [id]);
  return rows[0];
}

/** Which rows an operator means: these, or all of a key. */
export type Selection = { readonly ids: readonly string[] } | { readonly key: string };

const REDRIVE = `
  with chosen as (
    select * from parked where (id = any($1::bigint[]) or key = $2) and state <> 'queued' order by id for update
  ), due as (
    update parked set state = 'retrying', due_at = now(), attempts = 0 from chosen where parked.id = chosen.id
  )
  insert into parked_audit (action, parked, by, reason) select 'redrive', row_to_json(chosen), $3, $4 from chosen order by id`;

/**
 * Makes rows that are dead or wait for their time due now, with all their attempts before them again, and says how many. What
 * is queued needs none: it follows its predecessor.
 */
export async function redrive(tx: Tx, chosen: Selection, by: string, reason: string): Promise<number> {
  const [ids, key] = 'ids' in chosen ? [chosen.ids, null] : [[], chosen.key];
  const { rowCount } = await tx.query(REDRIVE, [ids, key, by, reason]);
  return rowCount ?? 0;
}

/** What an operator did about a row before. */
export interface OperatorDecision {
  readonly action: 'redrive' | 'discard';
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

// By the beginning of the text: to look into the JSON would fail at a character that PostgreSQL cannot read back.
const LAST_DECISION = `
  select action, by, reason, at from parked_audit
   where parked::text like '{"id":' || $1::bigint || ',%'
   order by id desc
   limit 1`;

/** What an operator decided last about a row that may be gone, or undefined. */
export async function lastDecision(tx: Tx, id: string): Promise<OperatorDecision | undefined> {
  const { rows } = await tx.query<OperatorDecision>(LAST_DECISION, [id]);
  return rows[0];
}

const DISCARD = `
  with discarded as (delete from parked where id = any($1::bigint[]) returning *)
  insert into parked_audit (action, parked, by, reason) select 'discard', row_to_json(discarded), $2, $3 from discarded`;

/** Gives rows up for good and says how many; what waits behind them goes on. The audit keeps the whole message. */
export async function discard(tx: Tx, ids: readonly string[], by: string, reason: string): Promise<number> {
  const { rowCount } = await tx.query(DISCARD, [ids, by, reason]);
  return rowCount ?? 0;
}
