import type { ClientBase } from 'pg';
import type { Tx } from './append.js';

/**
 * The transaction of a client of `pg` on which `begin` has run.
 * @throws if it is a pool, which may run each statement on another connection
 */
export function txOf(client: ClientBase): Tx {
  if ('totalCount' in client)
    throw new Error('A pool is not a transaction. Use the client of pool.connect() on which `begin` has run.');
  return { query: async (text, values = []) => client.query(text, [...values]) as never };
}
