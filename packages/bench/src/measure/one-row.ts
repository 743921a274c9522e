import { withDatabase } from './with-database.js';

/** Runs one statement on a new connection; resolves with the first row. */
export const oneRow = <Row>(
  connectionString: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row> =>
  withDatabase(connectionString, async (client) => (await client.query(statement, [...values])).rows[0] as Row);
