import type { ParkedRow } from './parked-row.js';
import type { Tx } from './tx.js';

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
