import { DatabaseClient } from './database-client.js';

const POOL_IDLE_TIMEOUT_MS = 60_000;
/** How long the answer to a statement that took all its time may still take. */
const ANSWER_ON_ITS_WAY_MS = 2_000;

/** The bounds of a connection, in milliseconds; the names are those of the environment variables. */
export interface PoolBounds {
  readonly DATABASE_CONNECT_TIMEOUT_MS: number;
  readonly STATEMENT_TIMEOUT_MS: number;
  readonly LOCK_TIMEOUT_MS: number;
  readonly IDLE_IN_TRANSACTION_TIMEOUT_MS: number;
}

/** Options of a `pg` pool whose every wait is bounded. */
export const poolOptions = (env: PoolBounds) => ({
  connectionTimeoutMillis: env.DATABASE_CONNECT_TIMEOUT_MS,
  statement_timeout: env.STATEMENT_TIMEOUT_MS,
  lock_timeout: env.LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: env.IDLE_IN_TRANSACTION_TIMEOUT_MS,
  // The server ends a statement in time and says so; who hears nothing for longer has a connection that leads nowhere.
  query_timeout: env.STATEMENT_TIMEOUT_MS + ANSWER_ON_ITS_WAY_MS,
  // A connection keeps its prepared statements: it should outlast a quiet minute.
  idleTimeoutMillis: POOL_IDLE_TIMEOUT_MS,
  keepAlive: true,
  // Statements that need no answer of one another are sent together.
  pipeline: true,
  Client: DatabaseClient,
});
