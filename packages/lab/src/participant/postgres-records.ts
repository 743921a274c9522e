import type { Tx } from '@quadrille/choreography';
import type { Records } from '../protocol.js';

/** The table that all protocols use, in each database. */
export const RECORDS_TABLE = `
  create table if not exists lab_records (
    kind text not null,
    key text not null,
    value jsonb not null,
    primary key (kind, key)
  )`;

/** The records of one kind, read and written in an open transaction. */
export const postgresRecords = <T>(tx: Tx, kind: string): Records<T> => ({
  async get(key) {
    const { rows } = await tx.query<{ value: T }>('select value from lab_records where kind = $1 and key = $2', [
      kind,
      key,
    ]);
    return rows[0]?.value;
  },
  async list() {
    const { rows } = await tx.query<{ key: string; value: T }>(
      'select key, value from lab_records where kind = $1 order by key',
      [kind],
    );
    return rows;
  },
  async insert(key, value) {
    const { rowCount } = await tx.query(
      'insert into lab_records (kind, key, value) values ($1, $2, $3::jsonb) on conflict do nothing',
      [kind, key, JSON.stringify(value)],
    );
    return rowCount === 1;
  },
  async replace(key, value, expected) {
    const { rowCount } = await tx.query(
      'update lab_records set value = $3::jsonb where kind = $1 and key = $2 and value = $4::jsonb',
      [kind, key, JSON.stringify(value), JSON.stringify(expected)],
    );
    return rowCount === 1;
  },
  async delete(key) {
    const { rowCount } = await tx.query('delete from lab_records where kind = $1 and key = $2', [kind, key]);
    return rowCount === 1;
  },
});
