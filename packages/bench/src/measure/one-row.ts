import pg from 'pg';

/** Runs one statement on a connection of its own; resolves with the first row. */
export async function oneRow<Row>(
  connectionString: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(statement, [...values])).rows[0] as Row;
  } finally {
    await client.end();
  }
}
