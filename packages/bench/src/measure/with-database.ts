import pg from 'pg';

/**
 * Runs `work` with a connection and closes it. If the server stops first (after an interrupt), the running statement fails, so
 * the connection's own error event is ignored.
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

/** Opens a connection that the caller must end. */
export async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The superuser URL of another database on the same server. */
export function databaseOf(superuserUrl: string, service: string): string {
  const url = new URL(superuserUrl);
  url.pathname = `/${service}`;
  return url.href;
}
