import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { demandFree, freePort } from './free-port.js';
import { postgresAccount } from './postgres/account.js';
import { postgresBinaries } from './postgres/binaries.js';
import { openCluster } from './postgres/data.js';
import { launch, STOP_WITHIN_MS } from './postgres/launch.js';
import { createReaderRole, READER } from './postgres/reader-role.js';
import { createServiceDatabase } from './postgres/service-database.js';
import { isPreparedForTls, prepareTls } from './postgres/tls.js';
import { type Child, signalProcess } from './process/child.js';
import { endLeftover, unlockDataDir } from './process/data-dir-lock.js';

/** A local PostgreSQL server on the loopback interface. */
export type LocalPostgres = {
  readonly port: number;
  /** The pid of the postmaster. To kill the server in a test, send SIGKILL to it. */
  readonly pid: number;
  readonly superuserUrl: string;
  /** The URL of a database (default: postgres) for a role (default: the superuser; otherwise one created by createService). */
  url(database?: string, role?: string): string;
  /** Creates a database and a role with this name, which owns it and has no other access; returns its URL. Idempotent. */
  createService(name: string, password: string): Promise<string>;
  /** Creates a role that reads the given databases and changes nothing; returns their URLs for it, by name. Idempotent. */
  createReader(databases: readonly string[], password: string): Promise<Record<string, string>>;
  /** Stops the server gracefully; no process remains. */
  stop(): Promise<void>;
};

/**
 * dataDir: persistent. port: default a free one. settings: of postgresql.conf, with precedence. tls: requires TLS, with a self-signed
 * authority in the URLs; a folder once started with TLS requires it permanently.
 */
export type PostgresOptions = { dataDir: string; port?: number; settings?: Record<string, string>; tls?: boolean };

/** Durability is as in production (fsync and synchronous_commit on); only sizes fit a developer's machine. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  password_encryption: 'scram-sha-256',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};
/** The time for closing sessions to end; the remaining ones are terminated afterwards. */
const HANG_UP_WITHIN_MS = 300;

/** Starts PostgreSQL on `dataDir`, which is created if missing, and waits until it accepts connections. */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  await endLeftover(dataDir, 'PostgreSQL', 'SIGINT');
  if (options.port) await demandFree(options.port, 'PostgreSQL');
  const account = postgresAccount();
  const binaries = postgresBinaries(account);
  const cluster = openCluster(dataDir, binaries, account);
  const port = options.port ?? (await freePort());
  const withTls = options.tls || isPreparedForTls(dataDir);
  const tls = withTls ? await prepareTls(dataDir, cluster.folder, account) : undefined;
  const settings = { ...SETTINGS, ...tls?.settings, ...options.settings, port: String(port) };
  const place = { port, ...(tls && { caFile: tls.caFile }) };
  const url = databaseUrl(place, 'postgres', 'postgres', cluster.password);
  const child = await launch({ dataDir, binaries, cluster, settings, account, url });
  return serverOn(dataDir, place, cluster.password, child);
}

function serverOn(dataDir: string, place: Place, superuserPassword: string, child: Child): LocalPostgres {
  const passwords = new Map([['postgres', superuserPassword]]);
  const url = (database = 'postgres', role = 'postgres') => databaseUrl(place, database, role, passwords.get(role));
  return {
    port: place.port,
    pid: child.pid,
    superuserUrl: url(),
    url,
    async createService(name, password) {
      await createServiceDatabase(url(), name, password);
      passwords.set(name, password);
      return url(name, name);
    },
    async createReader(databases, password) {
      await createReaderRole(url(), databases, password);
      passwords.set(READER, password);
      return Object.fromEntries(databases.map((name) => [name, url(name, READER)]));
    },
    async stop() {
      // PostgreSQL's smart shutdown: a pool's `end` resolves before its connections close, and a connection closed by the server is an error in the pool.
      if (!child.exit()) signalProcess(child.pid, 'SIGTERM');
      await Promise.race([child.exited, pause(HANG_UP_WITHIN_MS, undefined, { ref: false })]);
      await child.end(STOP_WITHIN_MS);
      unlockDataDir(dataDir);
    },
  };
}

/** caFile: the certificate authority of the server, if it requires TLS. */
type Place = { port: number; caFile?: string };

function databaseUrl({ port, caFile }: Place, database: string, role: string, password: string | undefined): string {
  if (password === undefined) throw new Error(`The password of role ${role} is missing: call createService first.`);
  const [user, secret, name] = [role, password, database].map(encodeURIComponent);
  const tls = caFile ? `?sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}` : '';
  return `postgres://${user}:${secret}@127.0.0.1:${port}/${name}${tls}`;
}
