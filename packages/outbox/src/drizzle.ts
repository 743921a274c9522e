import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from './append.js';

/** A transaction of Drizzle on `pg` (`drizzle-orm/node-postgres`). */
interface Transaction {
  execute(query: any): PromiseLike<{ rows: any[]; rowCount: number | null }>;
  rollback(): never;
}

/**
 * The transaction that `db.transaction(async (tx) => …)` passes.
 * @throws if it is the database itself, outside of a transaction
 */
export function txOf(tx: Transaction): Tx {
  if (typeof tx.rollback !== 'function')
    throw new Error('This is no transaction of Drizzle. Use the one that db.transaction() passes to its callback.');
  return {
    async query(text, values = []) {
      const { rows, rowCount } = await tx.execute(withParameters(text, values));
      return { rows, rowCount };
    },
  };
}

/** Drizzle numbers parameters itself: `$1` in the text becomes the first value. */
const withParameters = (text: string, values: readonly unknown[]): SQL =>
  sql.join(
    text.split(/\$(\d+)/).map((part, at) => (at % 2 === 0 ? sql.raw(part) : sql.param(values[Number(part) - 1]))),
  );
