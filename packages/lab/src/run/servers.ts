import { join } from 'node:path';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { migrate, migrationsOf } from '@quadrille/runtime';
import pg from 'pg';
import { SERVICES } from '../calls.js';
import { DEFINITIONS } from '../participant/definitions.js';
import { RECORDS_TABLE } from '../participant/postgres-records.js';

/** In the whole cluster. PostgreSQL allows none by default. */
export const MAX_PREPARED = 200;
const SETTINGS = { max_prepared_transactions: String(MAX_PREPARED), track_commit_timestamp: 'on' };
const BOOKS = ['coordinators', 'coordinator-1', 'coordinator-2'];

/** One PostgreSQL cluster with a database per service and for the coordinators. */
export interface Databases {
  readonly urls: Readonly<Record<string, string>>;
  readonly superuserUrl: string;
  /** Sends SIGKILL to the whole cluster. */
  kill(): void;
  /** Restarts it on the same port and data. */
  bringBack(): Promise<void>;
  stop(): Promise<void>;
}

export async function startDatabases(dataDir: string): Promise<Databases> {
  const folder = join(dataDir, 'postgres');
  let server: LocalPostgres = await startPostgres({ dataDir: folder, settings: SETTINGS });
  const { port, superuserUrl } = server;
  const urls: Record<string, string> = {};
  for (const name of [...SERVICES, ...BOOKS]) urls[name] = await server.createService(name, 'lab');
  for (const service of SERVICES) await migrate(urls[service]!, migrationsOf(DEFINITIONS[service]));
  for (const url of Object.values(urls)) await query(url, RECORDS_TABLE);
  return {
    urls,
    superuserUrl,
    kill: () => process.kill(server.pid, 'SIGKILL'),
    async bringBack() {
      server = await startPostgres({ dataDir: folder, port, settings: SETTINGS });
    },
    stop: () => server.stop(),
  };
}

/** Runs one statement on a new connection. */
export async function query<Row extends object = Record<string, any>>(
  connectionString: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Rolls back transactions that an earlier run left prepared; they would hold their locks indefinitely. */
export async function rollBackLeftovers({ superuserUrl, urls }: Databases): Promise<void> {
  const left = await query<{ gid: string; database: string }>(
    superuserUrl,
    `select gid, database from pg_prepared_xacts where gid like 'lab:%'`,
  );
  for (const { gid, database } of left) await query(urls[database]!, `rollback prepared ${pg.escapeLiteral(gid)}`);
}

/** Deletes all rows, but not the list of migrations. Apart from running orders, protocols have no other state. */
export async function empty(databases: Databases): Promise<void> {
  await rollBackLeftovers(databases);
  for (const name of Object.keys(databases.urls)) {
    const url = new URL(databases.superuserUrl);
    url.pathname = `/${name}`;
    const tables = await query<{ name: string }>(
      url.href,
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename not like '%migrations'`,
    );
    // Events and ledger entries are append-only: a trigger refuses to delete them.
    const truncate = `truncate ${tables.map((each) => each.name).join(', ')}`;
    await query(url.href, `set session_replication_role = replica; ${truncate}`);
  }
}
