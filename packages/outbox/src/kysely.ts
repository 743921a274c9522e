import { CompiledQuery } from 'kysely';
import type { Tx } from './append.js';

/** A `Transaction` of Kysely. */
interface Transaction {
  readonly isTransaction: boolean;
  executeQuery(query: any): Promise<{ readonly rows: any[]; readonly numAffectedRows?: bigint }>;
}

/**
 * The transaction that `db.transaction().execute(async (trx) => …)` passes.
 * @throws if it is the database itself, outside of a transaction
 */
export function txOf(trx: Transaction): Tx {
  if (!trx.isTransaction)
    throw new Error(
      'This is no transaction of Kysely. Use the one that db.transaction().execute() passes to its callback.',
    );
  return {
    async query(text, values = []) {
      const { rows, numAffectedRows } = await trx.executeQuery(CompiledQuery.raw(text, [...values]));
      return { rows, rowCount: numAffectedRows === undefined ? rows.length : Number(numAffectedRows) };
    },
  };
}
