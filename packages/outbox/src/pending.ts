import type { Tx } from './tx.js';

const PENDING = `
  select coalesce(sum(size), 0)::float8 as rows,
         coalesce(extract(epoch from clock_timestamp() - min(created_at) filter (where isfinite(created_at))), 0)::float8 as "oldestAgeSeconds"
    from outbox`;

/** Counts waiting records and returns the age of the oldest, for metrics and health checks. */
export async function pending(tx: Tx): Promise<{ rows: number; oldestAgeSeconds: number }> {
  const { rows } = await tx.query<{ rows: number; oldestAgeSeconds: number }>(PENDING);
  return rows[0]!;
}
