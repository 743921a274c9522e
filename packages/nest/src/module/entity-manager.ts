import type { ClientBase } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

const BACKEND = 'select pg_backend_pid() as pid';

/** Data sources whose runner is verified to use the given connection. */
const proven = new WeakSet<DataSource>();

/**
 * Returns an `EntityManager` of your data source inside the transaction of a step (`StepTransaction`) or of a message
 * (`InboxTransaction`). `manager.transaction()` and `save()` use savepoints in it. Do not commit or roll back on its query
 * runner: throw to roll back. Do not use it after the step. The data source must be one of PostgreSQL, with the tables in the
 * database of the service.
 * @throws if this version of TypeORM does not use the given connection
 */
export async function entityManagerOf(
  dataSource: DataSource,
  { client }: { readonly client: Pick<ClientBase, 'query'> },
): Promise<EntityManager> {
  const runner = dataSource.createQueryRunner();
  // The transaction is already open: TypeORM counts this as its outermost one, and nested ones become savepoints.
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

/** A connection with an open transaction. */
const BEGUN = { query: async () => ({ rows: [] }) };
