import pg from 'pg';
import { fromDatabase } from './pg-errors.js';

const POOL_IDLE_TIMEOUT_MS = 60_000;
/** Extra time in ms for the answer to a statement that used its whole timeout. */
const ANSWER_ON_ITS_WAY_MS = 2_000;

/** The bounds of a connection, in milliseconds; the names are those of the environment variables. */
export interface PoolBounds {
  readonly DATABASE_CONNECT_TIMEOUT_MS: number;
  readonly STATEMENT_TIMEOUT_MS: number;
  readonly LOCK_TIMEOUT_MS: number;
  readonly IDLE_IN_TRANSACTION_TIMEOUT_MS: number;
}

/** Options of a `pg` pool in which every wait has a limit. */
export const poolOptions = (env: PoolBounds) => ({
  connectionTimeoutMillis: env.DATABASE_CONNECT_TIMEOUT_MS,
  statement_timeout: env.STATEMENT_TIMEOUT_MS,
  lock_timeout: env.LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: env.IDLE_IN_TRANSACTION_TIMEOUT_MS,
  // The server cancels a statement in time and reports it. A longer silence means that the connection is dead.
  query_timeout: env.STATEMENT_TIMEOUT_MS + ANSWER_ON_ITS_WAY_MS,
  // A connection caches prepared statements, so it should survive a quiet minute.
  idleTimeoutMillis: POOL_IDLE_TIMEOUT_MS,
  keepAlive: true,
  // Statements that do not need each other's result are sent together.
  pipeline: true,
  Client: DatabaseClient,
});

/** A connection that marks its errors as the database's: without the mark, a reset may come from any connection. */
class DatabaseClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Registered before the listener of `pg`, which passes the same error to pending queries.
    const { connection } = this as unknown as { connection: NodeJS.EventEmitter };
    connection.on('error', fromDatabase);
  }
}
