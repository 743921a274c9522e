import pg from 'pg';

/** An advisory lock: concurrent creations would update the same rows of the catalogue. */
export const CREATION_LOCK = 7_823_664;

/**
 * Creates the database `name` and the role `name`, which owns it and has no other access. Idempotent: for an existing pair it
 * preserves the data and sets the given password.
 */
export async function createServiceDatabase(superuserUrl: string, name: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [CREATION_LOCK]);
    await createRole(client, name, password);
    await createDatabase(client, name);
    await closeToOthers(client);
  } finally {
    await client.end();
  }
}

async function createRole(client: pg.Client, name: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
  if (!rowCount) await client.query(`create role ${pg.escapeIdentifier(name)}`);
  await client.query(`alter role ${pg.escapeIdentifier(name)} login password ${pg.escapeLiteral(password)}`);
}

async function createDatabase(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  const database = pg.escapeIdentifier(name);
  if (!rowCount) await client.query(`create database ${database} owner ${database}`);
}

/** By default, PostgreSQL lets every role connect to every database. */
async function closeToOthers(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database
      where datallowconn and exists (
        select from aclexplode(coalesce(datacl, acldefault('d', datdba))) where grantee = 0)`,
  );
  for (const { datname } of rows) {
    await client.query(`revoke all on database ${pg.escapeIdentifier(datname)} from public`);
  }
}
