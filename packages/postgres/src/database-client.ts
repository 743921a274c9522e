import pg from 'pg';
import { fromDatabase } from './pg-errors.js';

/** A connection whose errors are known as the database's, whoever hears them: a reset may be of any connection. */
export class DatabaseClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Before `pg` itself listens, which then hands the same error to whoever waits.
    const { connection } = this as unknown as { connection: NodeJS.EventEmitter };
    connection.on('error', fromDatabase);
  }
}
