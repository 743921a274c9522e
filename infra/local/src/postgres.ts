import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { demandFree, freePort } from './free-port.js';
import { postgresAccount } from './postgres/account.js';
import { postgresBinaries } from './postgres/binaries.js';
import { openCluster } from './postgres/data.js';
import { launch, STOP_WITHIN_MS } from './postgres/launch.js';
import { createServiceDatabase } from './postgres/service-database.js';
import { isPreparedForTls, prepareTls } from './postgres/tls.js';
import { type Child, signalProcess } from './process/child.js';
import { endLeftover, unlockDataDir } from './process/data-dir-lock.js';

/** A PostgreSQL server of our own on the loopback interface. */
export type LocalPostgres = {
  readonly port: number;
  /** Of the postmaster; to kill it hard in a test, signal this. */
  readonly pid: number;
  readonly superuserUrl: string;
  /** The URL of a database (default: postgres) for a role (default: the superuser, otherwise one that createService made). */
  url(database?: string, role?: string): string;
  /** A database and a role of that name, which owns it and can reach no other; returns its URL. Idempotent. */
  createService(name: string, password: string): Promise<string>;
  /** Ends the server in an orderly way; nothing is left running. */
  stop(): Promise<void>;
};

/**
 * dataDir: kept over restarts. port: default a free one. settings: of postgresql.conf, they win over ours. tls: with a certificate of its
 * own, which its URLs demand, and nobody gets in without; a folder that was once started so stays so.
 */
export type PostgresOptions = { dataDir: string; port?: number; settings?: Record<string, string>; tls?: boolean };

/** Durability stays as it is in production (fsync and synchronous_commit on); only sizes fit a developer's machine. */
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
/** How long sessions that are about to end are waited for; the others are ended then. */
const HANG_UP_WITHIN_MS = 300;

/** Starts PostgreSQL on `dataDir`, which is made when it is not there, and waits until it takes connections. */
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
    async stop() {
      // PostgreSQL's smart shutdown: a pool says that it has ended before its connections have, and one that the server ends is an error to it.
      if (!child.exit()) signalProcess(child.pid, 'SIGTERM');
      await Promise.race([child.exited, pause(HANG_UP_WITHIN_MS, undefined, { ref: false })]);
      await child.end(STOP_WITHIN_MS);
      unlockDataDir(dataDir);
    },
  };
}

/** caFile: of the authority that vouches for the server, where it demands TLS. */
type Place = { port: number; caFile?: string };

function databaseUrl({ port, caFile }: Place, database: string, role: string, password: string | undefined): string {
  if (password === undefined) throw new Error(`The password of role ${role} is not known: call createService first.`);
  const [user, secret, name] = [role, password, database].map(encodeURIComponent);
  const tls = caFile ? `?sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}` : '';
  return `postgres://${user}:${secret}@127.0.0.1:${port}/${name}${tls}`;
}
