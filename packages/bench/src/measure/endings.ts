import { withDatabase } from './with-database.js';

/** When an order ended. The due time uses the same clock. */
export interface Ended {
  readonly orderId: string;
  /** Milliseconds since 1970, with fractions: the commit time of the transaction that ended the order. */
  readonly endedAt: number;
}

/**
 * The end of each order placed since then, from PostgreSQL's commit timestamps (`track_commit_timestamp`), so that no polling
 * disturbs the measurement.
 */
export function endingsSince(orderDatabaseUrl: string, placedSince: Date): Promise<Ended[]> {
  return withDatabase(orderDatabaseUrl, async (client) => {
    const { rows } = await client.query<Ended>(
      `select order_id as "orderId",
              extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as "endedAt"
       from orders where placed_at >= $1 and status in ('COMPLETED', 'CANCELLED')`,
      [placedSince],
    );
    return rows;
  });
}
