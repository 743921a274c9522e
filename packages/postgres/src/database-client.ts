import pg from 'pg';
import { fromDatabase } from './pg-errors.js';

/** A connection that marks its errors as the database's: without the mark, a reset may come from any connection. */
export class DatabaseClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Registered before the listener of `pg`, which passes the same error to pending queries.
    const { connection } = this as unknown as { connection: NodeJS.EventEmitter };
    connection.on('error', fromDatabase);
  }
}
