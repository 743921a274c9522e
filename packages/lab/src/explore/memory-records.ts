import type { Records } from '../protocol.js';

/** The part of a transaction in memory that its records use. */
interface RowsOfTransaction {
  read(row: string): unknown;
  lock(row: string): void;
  write(row: string, state: unknown): void;
  keys(): string[];
}

/** The records of a protocol of one kind: rows of the database of a service. */
export function recordsIn<T>(tx: RowsOfTransaction, kind: string): Records<T> {
  const row = (key: string) => `record:${kind}/${key}`;
  const get = (key: string) => tx.read(row(key)) as T | undefined;
  return {
    get: async (key) => get(key),
    list: async () =>
      tx
        .keys()
        .filter((each) => each.startsWith(row('')))
        .sort()
        .flatMap((each) => {
          const key = each.slice(row('').length);
          const value = get(key);
          return value === undefined ? [] : [{ key, value }];
        }),
    async insert(key, value) {
      tx.lock(row(key));
      if (get(key) !== undefined) return false;
      tx.write(row(key), value);
      return true;
    },
    async replace(key, value, expected) {
      tx.lock(row(key));
      if (JSON.stringify(get(key)) !== JSON.stringify(expected)) return false;
      tx.write(row(key), value);
      return true;
    },
    async delete(key) {
      tx.lock(row(key));
      if (get(key) === undefined) return false;
      tx.write(row(key), undefined);
      return true;
    },
  };
}
