import { withDatabase } from './with-database.js';

/** When an order was due to be told from when it ended: both by the clock of this machine. */
export interface Ended {
  readonly orderId: string;
  /** Milliseconds since 1970, with fractions: when the transaction that ended the order was committed. */
  readonly endedAt: number;
}

/**
 * When each order that was placed since then reached its terminal state, from the database's own record of commits
 * (`track_commit_timestamp`): nobody has to look while it is measured.
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
