import type { Change, Write } from '@quadrille/choreography';
import { insertFresh, isoOf, overKeys, overRows, utc, writeEach, writing } from '@quadrille/nest';
import type { Account } from '../domain/accounts.js';
import { minorUnits } from './money.js';

interface Row {
  customer_id: string;
  currency: string;
  available: string;
  held: string;
  /** Parse it with {@link isoOf}. */
  changed_at: string;
}

type Open = Exclude<Account, { status: 'unknown' }>;

/** The store of customer accounts, with one row per customer. */
export const accountStore = writing<Account>({
  async load(tx, customerIds) {
    const { rows } = await tx.query<Row>(...LOAD(customerIds));
    return new Map(rows.map((row) => [row.customer_id, accountIn(row)]));
  },

  writes(changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    return [...(fresh.length > 0 ? [insert(fresh)] : []), ...(known.length > 0 ? [update(known)] : [])];
  },
});

const LOAD = overKeys(
  'uuid',
  (among) =>
    `select customer_id, currency, available, held, ${utc('changed_at')} as changed_at
     from accounts where customer_id ${among} order by customer_id for update`,
);

/** Maps a row to an account. */
const accountIn = (row: Row): Open => ({
  status: 'open',
  currency: row.currency,
  available: minorUnits(row.available),
  held: minorUnits(row.held),
  at: isoOf(row.changed_at),
});

const COLUMNS = 'customer_id, currency, available, held, changed_at';
const TYPES = ['uuid', 'text', 'bigint', 'bigint', 'timestamptz'];

const INSERT = overRows(
  TYPES,
  (rows) => `insert into accounts (${COLUMNS}) select * from ${rows} as fresh (${COLUMNS})`,
);

const UPDATE = overRows(
  TYPES,
  (rows) =>
    `update accounts a set available = c.available, held = c.held, changed_at = c.changed_at
     from ${rows} as c (${COLUMNS})
     where a.customer_id = c.customer_id and a.currency = c.currency`,
);

const insert = (changed: readonly Change<Account>[]): Write => insertFresh('an account', ...INSERT(columns(changed)));

const update = (changed: readonly Change<Account>[]): Write =>
  writeEach('an account', changed.length, ...UPDATE(columns(changed)));

function columns(changed: readonly Change<Account>[]): unknown[][] {
  const rows = changed.map(({ key, after }) => ({ key, account: after as Open }));
  return [
    rows.map(({ key }) => key),
    rows.map(({ account }) => account.currency),
    rows.map(({ account }) => account.available),
    rows.map(({ account }) => account.held),
    rows.map(({ account }) => account.at),
  ];
}
