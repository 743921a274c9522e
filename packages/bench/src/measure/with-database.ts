import pg from 'pg';

/**
 * A connection for `work`, ended afterwards. When the server ends first (an interrupt ends everything) the statement under way fails;
 * the connection's own error says nothing more.
 */
export async function withDatabase<Result>(
  connectionString: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = await connected(connectionString);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A connection that the caller ends. */
export async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The same server, another database, as the superuser. */
export function databaseOf(superuserUrl: string, service: string): string {
  const url = new URL(superuserUrl);
  url.pathname = `/${service}`;
  return url.href;
}
