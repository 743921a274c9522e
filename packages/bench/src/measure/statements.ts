import pg from 'pg';

/** Begins to count statements: to be called once a server is there. */
export async function countStatements(superuserUrl: string): Promise<void> {
  await withClient(superuserUrl, (client) => client.query('create extension if not exists pg_stat_statements'));
}

/** Statements (with begin and commit) since the server started, without those of whoever looks. */
export async function statementsUntilNow(superuserUrl: string): Promise<number> {
  return withClient(superuserUrl, async (client) => {
    const { rows } = await client.query<{ calls: number }>(
      `select coalesce(sum(s.calls), 0)::float8 as calls
       from pg_stat_statements s join pg_roles r on r.oid = s.userid
       where not r.rolsuper`,
    );
    return rows[0]!.calls;
  });
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
