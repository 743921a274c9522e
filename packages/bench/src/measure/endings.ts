import pg from 'pg';

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
export async function endingsSince(orderDatabaseUrl: string, placedSince: Date): Promise<Ended[]> {
  const client = new pg.Client({ connectionString: orderDatabaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Ended>(
      `select order_id as "orderId",
              extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as "endedAt"
       from orders where placed_at >= $1 and status in ('COMPLETED', 'CANCELLED')`,
      [placedSince],
    );
    return rows;
  } finally {
    await client.end();
  }
}
