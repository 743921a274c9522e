import type { ParkedRow } from './parked-row.js';
import type { Tx } from './tx.js';

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
