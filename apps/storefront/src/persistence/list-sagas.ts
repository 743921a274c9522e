import { momentOf } from '@quadrille/nest';
import type { DataSource } from 'typeorm';
import type { SagaState } from '../domain/saga.js';

/** The filters of a list of sagas. */
export interface SagaQuery {
  readonly state?: SagaState;
  /** Minimum duration so far, in seconds; without a state, of open sagas. */
  readonly longerThanSeconds?: number;
  /** The last entry of the previous page. */
  readonly after?: readonly [startedAt: string, orderId: string];
  readonly limit: number;
}

interface Row {
  order_id: string;
  state: SagaState;
  awaited_step: string | null;
  awaited_service: string | null;
  since: Date | null;
  started_at: Date;
  ended_at: Date | null;
  last_event: string;
}

/** Lists sagas that match the query, oldest first. */
export async function listSagas(dataSource: DataSource, query: SagaQuery) {
  const values: unknown[] = [query.limit];
  const given = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['true'];
  if (query.state) conditions.push(`state = ${given(query.state)}`);
  if (query.state ? isOpen(query.state) : query.longerThanSeconds !== undefined) conditions.push('ended_at is null');
  if (query.longerThanSeconds !== undefined) {
    const span = `make_interval(secs => ${given(query.longerThanSeconds)}::float8)`;
    conditions.push(`started_at < coalesce(ended_at, now()) - ${span}`);
  }
  if (query.after) {
    const [startedAt, orderId] = query.after;
    conditions.push(`(started_at, order_id) > (${given(startedAt)}::timestamptz, ${given(orderId)}::uuid)`);
  }
  const rows = await dataSource.query<Row[]>(
    `select order_id, state, awaited_step, awaited_service, since, started_at, ended_at, last_event
     from sagas where ${conditions.join(' and ')} order by started_at, order_id limit $1`,
    values,
  );
  return rows.map(sagaRow);
}

/** A condition for the planner, so that the index of open sagas applies. */
const isOpen = (state: SagaState): boolean => state === 'running' || state === 'compensating';

const sagaRow = (row: Row) => ({
  orderId: row.order_id,
  state: row.state,
  awaited:
    row.awaited_step === null
      ? null
      : { step: row.awaited_step, service: row.awaited_service!, since: momentOf(row.since!) },
  startedAt: momentOf(row.started_at),
  endedAt: row.ended_at && momentOf(row.ended_at),
  lastEvent: row.last_event,
});
