import type { ClientBase } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

const BACKEND = 'select pg_backend_pid() as pid';

/** Data sources of which a runner was seen to use the connection that it was given. */
const proven = new WeakSet<DataSource>();

/**
 * An `EntityManager` of your data source that works inside the transaction of a step (`StepTransaction`) or of a message (`InboxTransaction`).
 * `manager.transaction()` and `save()` within it use savepoints. Neither commit nor roll back on its query runner: a failure is undone by throwing.
 * Do not use it after the step. The data source must be one of PostgreSQL, with the tables in the database of the service.
 * @throws if this version of TypeORM does not use the connection that it is given
 */
export async function entityManagerOf(
  dataSource: DataSource,
  { client }: { readonly client: Pick<ClientBase, 'query'> },
): Promise<EntityManager> {
  const runner = dataSource.createQueryRunner();
  // The transaction is open already: TypeORM counts this as its outermost one, and what it begins within becomes savepoints.
  runner.connect = async () => BEGUN;
  await runner.startTransaction();
  runner.connect = async () => client;
  if (!proven.has(dataSource)) {
    const [[theirs], ours] = [await runner.query(BACKEND), await client.query(BACKEND)];
    if (theirs?.pid !== ours.rows[0].pid) {
      throw new Error('TypeORM does not use the connection of the transaction: use the `client` of the step instead.');
    }
    proven.add(dataSource);
  }
  return runner.manager;
}

/** A connection on which a transaction has begun. */
const BEGUN = { query: async () => ({ rows: [] }) };
