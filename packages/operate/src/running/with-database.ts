import pg from 'pg';

const CONNECTS_WITHIN_MS = 5_000;
const ANSWERS_WITHIN_MS = 60_000;

/** Queries a service's database in bounded time, in one read-only transaction. Rejects if the query fails. */
export async function withDatabase<Result>(
  connectionString: string,
  read: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString,
    application_name: 'quadrille-operate',
    connectionTimeoutMillis: CONNECTS_WITHIN_MS,
    query_timeout: ANSWERS_WITHIN_MS,
    statement_timeout: ANSWERS_WITHIN_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('begin transaction isolation level repeatable read read only');
    return await read(client);
  } finally {
    await Promise.race([client.end().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 500).unref())]);
  }
}
