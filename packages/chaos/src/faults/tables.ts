import pg from 'pg';
import { change, having } from './database.js';
import type { Injection } from './injection.js';

/** The table that the steps of a service lock first, if it is not `documents`. */
const STATES: Readonly<Record<string, string>> = {
  order: 'order_events',
  payment: 'payments',
  inventory: 'stock',
  shipping: 'shipments',
};
/** A foreign session locks the row of one SKU until the fault ends. */
export const rowHeld: Injection = async (system, { target, detail }) => {
  const text = 'select from stock where sku = $1 for update';
  const holder = await having(system, target, ['begin', { text, values: [detail] }]);
  return () => holder.end().catch(() => {});
};

/** Renames a table by hand, and back when the fault ends. */
export const tableGone: Injection = async (system, { target, detail }) => {
  const table = detail === 'inbox' ? 'inbox' : (STATES[target] ?? 'documents');
  await change(system, target, [`alter table ${table} rename to chaos_gone`]);
  return () => change(system, target, [`alter table if exists chaos_gone rename to ${table}`]);
};

/** As in a failover: sessions end. Sessions opened during the fault are read-only and stay so after it. */
export const readOnly: Injection = async (system, { target }) => {
  const database = pg.escapeIdentifier(target);
  const sessions = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1';
  await change(system, 'postgres', [
    `alter database ${database} set default_transaction_read_only = on`,
    { text: sessions, values: [target] },
  ]);
  return () => change(system, 'postgres', [`alter database ${database} reset default_transaction_read_only`]);
};
