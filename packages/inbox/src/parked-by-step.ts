import type { ParkedRow } from './parked-row.js';
import type { Tx } from './tx.js';

/** So many parked messages of a step wait for the same. */
export interface ParkedByStep {
  readonly step: string;
  readonly state: ParkedRow['state'];
  readonly messages: number;
}

/** How many messages are parked, by step and by what they wait for; for metrics. Steps without any are left out. */
export async function parkedByStep(tx: Tx): Promise<ParkedByStep[]> {
  const { rows } = await tx.query<ParkedByStep>(
    'select step, state, count(*)::float8 as messages from parked group by step, state',
  );
  return rows;
}
