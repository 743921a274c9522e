import { momentOf } from '@quadrille/nest';
import type { DataSource } from 'typeorm';
import type { AwaitedStep, MovingEvent, SagaOnStage } from '../stage/snapshot.js';

/** Callers may cancel with any reason. */
const MAX_REASON_CHARACTERS = 100;

/** Counts the emissions per step and event after one position and up to another. */
export function countsBetween(
  dataSource: DataSource,
  after: number,
  upTo: number,
): Promise<{ step: string; type: string; count: number }[]> {
  return dataSource.query(
    `select step, type, count(*)::int as count from saga_events
     where seq > $1 and seq <= $2 group by step, type`,
    [after, upTo],
  );
}

/**
 * Counts the reasons of cancellations after one position and up to another. The database returns the raw JSON text of the reason:
 * a value that is valid JSON but unreadable for PostgreSQL (half an emoji, NUL) would fail the whole query.
 */
export async function reasonsBetween(
  dataSource: DataSource,
  after: number,
  upTo: number,
): Promise<{ reason: string; count: number }[]> {
  const rows = await dataSource.query<{ written: string | null; count: number }[]>(
    `select substring(data::text from '"reason"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")') as written, count(*)::int as count
     from saga_events where seq > $1 and seq <= $2 and type = 'OrderCancelled' group by 1`,
    [after, upTo],
  );
  return rows.map(({ written, count }) => ({ reason: reasonIn(written), count }));
}

/** An unreadable reason is not one of the table's. */
function reasonIn(written: string | null): string {
  try {
    return String(JSON.parse(written ?? '')).slice(0, MAX_REASON_CHARACTERS);
  } catch {
    return 'unknown';
  }
}

/** Reads the events at these positions, in order. */
export async function eventsAt(dataSource: DataSource, places: readonly number[]): Promise<MovingEvent[]> {
  if (places.length === 0) return [];
  const rows = await dataSource.query<{ order_id: string; type: string; step: string; at: Date }[]>(
    'select order_id, type, step, at from saga_events where seq = any($1::bigint[]) order by seq',
    [places],
  );
  return rows.map(({ order_id, type, step, at }) => ({ orderId: order_id, event: type, step, at: momentOf(at) }));
}

/** Counts open sagas by awaited step, those waiting longest first. */
export async function sagasInFlight(
  dataSource: DataSource,
): Promise<(Omit<AwaitedStep, 'step' | 'service'> & { state: string; step: string | null; service: string | null })[]> {
  const rows = await dataSource.query<
    { state: string; step: string | null; service: string | null; count: number; since: Date | null }[]
  >(
    `select state, awaited_step as step, awaited_service as service, count(*)::int as count, min(since) as since
     from sagas where ended_at is null group by 1, 2, 3 order by min(since)`,
  );
  return rows.map((row) => ({ ...row, since: row.since === null ? '' : momentOf(row.since) }));
}

/**
 * Counts the sagas that ended in the last given seconds, with their durations in milliseconds; the row without a state is the
 * total.
 */
export function endingsOfLast(
  dataSource: DataSource,
  seconds: number,
): Promise<{ state: string | null; count: number; latencies: [number, number, number] | null }[]> {
  return dataSource.query(
    `select state, count(*)::int as count,
            percentile_disc(array[0.5, 0.95, 0.99]) within group (
              order by ((extract(epoch from ended_at) - extract(epoch from started_at)) * 1000)::float8) as latencies
     from sagas where ended_at > now() - make_interval(secs => $1) and isfinite(ended_at) and isfinite(started_at)
     group by grouping sets ((state), ())`,
    [seconds],
  );
}

/** Reads sample sagas: the oldest open ones, and the latest ended ones. */
export async function sagasToLookAt(dataSource: DataSource, count: number): Promise<SagaOnStage[]> {
  const rows = await dataSource.query<
    { order_id: string; state: string; started_at: Date; ended_at: Date | null; awaited_step: string | null }[]
  >(
    `(select order_id, state, started_at, ended_at, awaited_step from sagas
      where ended_at is null order by started_at, order_id limit $1)
     union all
     (select order_id, state, started_at, ended_at, awaited_step from sagas
      where ended_at is not null order by ended_at desc limit $1)`,
    [count],
  );
  return rows.map((row) => ({
    orderId: row.order_id,
    state: row.state,
    startedAt: momentOf(row.started_at),
    endedAt: row.ended_at && momentOf(row.ended_at),
    awaitedStep: row.awaited_step,
  }));
}
