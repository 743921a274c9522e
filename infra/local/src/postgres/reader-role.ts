import pg from 'pg';
import { CREATION_LOCK } from './service-database.js';

/** The role of the auditor and of `npx quadrille`. */
export const READER = 'reader';

/** Creates the role that reads all tables of the given databases and changes nothing. Idempotent; sets the given password. */
export async function createReaderRole(
  superuserUrl: string,
  databases: readonly string[],
  password: string,
): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [CREATION_LOCK]);
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [READER]);
    if (!rowCount) await client.query(`create role ${READER}`);
    await client.query(`alter role ${READER} login password ${pg.escapeLiteral(password)}`);
    await client.query(`alter role ${READER} set default_transaction_read_only = on`);
    await client.query(`grant pg_read_all_data to ${READER}`);
    for (const name of databases) {
      await client.query(`grant connect on database ${pg.escapeIdentifier(name)} to ${READER}`);
    }
  } finally {
    await client.end();
  }
}
