import { relayRank, unrelayedSchemas } from '@quadrille/outbox';
import pg from 'pg';
import type { DatabaseState, ParkedByCode, Seen } from './facts.js';

const ANSWERS_WITHIN_MS = 5_000;

const SERVER = `
  select current_setting('server_version') as version,
         -- The transactions of a role that may only read anyway say nothing about the database.
         current_setting('transaction_read_only') = 'on' and (
           has_database_privilege(current_database(), 'create') or
           (select source not in ('user', 'database user') from pg_settings where name = 'default_transaction_read_only')
         ) as "readOnly",
         pg_is_in_recovery() as "inRecovery", current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as "synchronousCommit",
         to_regclass('outbox') is not null as "hasOutbox", to_regclass('parked') is not null as "hasParked"`;

const OUTBOX = `
  select (select coalesce(sum(size), 0)::float8 from outbox) as records,
         (select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8
            from outbox where isfinite(created_at)) as "oldestSeconds",
         (select count(*)::float8 from outbox_dead) as dead`;

const PARKED = `
  select code, state, count(*)::float8 as messages,
         coalesce(extract(epoch from clock_timestamp() - min(parked_at)), 0)::float8 as "oldestSeconds"
    from parked where isfinite(parked_at) group by code, state order by code, state`;

/** Queries a database in bounded time; returns the cause of a failure. */
export async function lookAtDatabase(connectionString: string): Promise<Seen<DatabaseState>> {
  const client = new pg.Client({
    connectionString,
    application_name: 'quadrille-doctor',
    connectionTimeoutMillis: ANSWERS_WITHIN_MS,
    query_timeout: ANSWERS_WITHIN_MS,
    statement_timeout: ANSWERS_WITHIN_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { hasOutbox, hasParked, ...server } = (await client.query(SERVER)).rows[0];
    const outbox = hasOutbox ? (await client.query(OUTBOX)).rows[0] : null;
    const relays = hasOutbox ? await relayRank(client) : undefined;
    const unrelayed = await unrelayedSchemas(client);
    const parked: ParkedByCode[] = hasParked ? (await client.query(PARKED)).rows : [];
    return { ...server, outbox, parked, unrelayed, ...(relays && { relays }) } as DatabaseState;
  } catch (error) {
    return { cause: error instanceof Error && error.message !== '' ? error.message : String(error) };
  } finally {
    await Promise.race([client.end().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 500).unref())]);
  }
}
