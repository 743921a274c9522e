import type { Change, Write } from '@quadrille/choreography';
import { insertFresh, isoOf, utc, writeEach, writing } from '@quadrille/nest';
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
    const { rows } = await tx.query<Row>(
      `select customer_id, currency, available, held, ${utc('changed_at')} as changed_at
       from accounts where customer_id = any($1::uuid[]) order by customer_id for update`,
      [customerIds],
    );
    return new Map(rows.map((row) => [row.customer_id, accountIn(row)]));
  },

  writes(changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    return [...(fresh.length > 0 ? [insert(fresh)] : []), ...(known.length > 0 ? [update(known)] : [])];
  },
});

/** Maps a row to an account. */
const accountIn = (row: Row): Open => ({
  status: 'open',
  currency: row.currency,
  available: minorUnits(row.available),
  held: minorUnits(row.held),
  at: isoOf(row.changed_at),
});

const insert = (changed: readonly Change<Account>[]): Write =>
  insertFresh(
    'an account',
    `insert into accounts (customer_id, currency, available, held, changed_at)
     select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[])`,
    columns(changed),
  );

const update = (changed: readonly Change<Account>[]): Write =>
  writeEach(
    'an account',
    changed.length,
    `update accounts a set available = c.available, held = c.held, changed_at = c.changed_at
     from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[])
       as c (customer_id, currency, available, held, changed_at)
     where a.customer_id = c.customer_id and a.currency = c.currency`,
    columns(changed),
  );

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
