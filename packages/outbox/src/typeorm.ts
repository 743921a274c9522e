import type { Tx } from './append.js';

/** A `QueryRunner` of TypeORM 0.3 or 1. */
interface QueryRunner {
  readonly isTransactionActive: boolean;
  query(text: string, values: any[], useStructuredResult: true): Promise<{ records: any[]; affected?: number }>;
}

/** An `EntityManager` of TypeORM 0.3 or 1. */
interface EntityManager {
  readonly queryRunner?: QueryRunner;
}

/**
 * The transaction of an `EntityManager` (`dataSource.transaction(async (manager) => …)`, `@Transactional()`) or of a `QueryRunner`.
 * @throws if no transaction is open: the append would commit without the rest
 */
export function txOf(of: EntityManager | QueryRunner): Tx {
  const runner = 'isTransactionActive' in of ? of : of.queryRunner;
  if (!runner?.isTransactionActive)
    throw new Error(
      'No transaction is open on this EntityManager or QueryRunner. Use the manager that dataSource.transaction() passes to its callback.',
    );
  return {
    async query(text, values = []) {
      const { records, affected } = await runner.query(text, [...values], true);
      return { rows: records ?? [], rowCount: affected ?? null };
    },
  };
}
