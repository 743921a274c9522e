import { withDatabase } from './with-database.js';

/** Starts counting statements. Call it once per server. */
export async function countStatements(superuserUrl: string): Promise<void> {
  await withDatabase(superuserUrl, (client) => client.query('create extension if not exists pg_stat_statements'));
}

/** Statements (including begin and commit) since the server started, without those of superusers, which measure. */
export async function statementsUntilNow(superuserUrl: string): Promise<number> {
  return withDatabase(superuserUrl, async (client) => {
    const { rows } = await client.query<{ calls: number }>(
      `select coalesce(sum(s.calls), 0)::float8 as calls
       from pg_stat_statements s join pg_roles r on r.oid = s.userid
       where not r.rolsuper`,
    );
    return rows[0]!.calls;
  });
}

/** Runs one statement on a new connection; resolves with the first row. */
export const oneRow = <Row>(
  connectionString: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row> =>
  withDatabase(connectionString, async (client) => (await client.query(statement, [...values])).rows[0] as Row);
