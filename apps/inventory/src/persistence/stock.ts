import type { Change, Write } from '@quadrille/choreography';
import { insertFresh, momentOf, writeEach, writing } from '@quadrille/nest';
import type { Stock } from '../domain/stock.js';
import { exact } from './integers.js';

/** A row of `stock`; the columns to select are {@link STOCK_COLUMNS}. */
export interface StockRow {
  sku: string;
  received: string;
  available: string;
  reserved: string;
  sold: string;
  changed_at: Date;
}

const STOCK_COLUMNS = 'sku, received, available, reserved, sold, changed_at';

/** The store of stock, with one row per SKU. */
export const stockStore = writing<Stock>({
  async load(tx, skus) {
    const { rows } = await tx.query<StockRow>(
      `select ${STOCK_COLUMNS} from stock where sku = any($1::text[]) order by sku for update`,
      [skus],
    );
    return new Map(rows.map((row) => [row.sku, stockIn(row)]));
  },

  writes(changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    return [...(fresh.length > 0 ? [insert(fresh)] : []), ...(known.length > 0 ? [update(known)] : [])];
  },
});

/** Maps a row to a stock. */
export const stockIn = (row: StockRow): Stock & { at: string } => ({
  sku: row.sku,
  received: exact(row.received),
  available: exact(row.available),
  reserved: exact(row.reserved),
  sold: exact(row.sold),
  at: momentOf(row.changed_at),
});

const insert = (changed: readonly Change<Stock>[]): Write =>
  insertFresh(
    'the stock of a SKU',
    `insert into stock (${STOCK_COLUMNS})
     select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[])`,
    columns(changed),
  );

const update = (changed: readonly Change<Stock>[]): Write =>
  writeEach(
    'the stock of a SKU',
    changed.length,
    `update stock s
     set received = c.received, available = c.available, reserved = c.reserved, sold = c.sold, changed_at = c.changed_at
     from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[])
       as c (${STOCK_COLUMNS})
     where s.sku = c.sku`,
    columns(changed),
  );

function columns(changed: readonly Change<Stock>[]): unknown[][] {
  const column = (value: (stock: Stock) => unknown) => changed.map(({ after }) => value(after));
  return [
    column(({ sku }) => sku),
    column(({ received }) => received),
    column(({ available }) => available),
    column(({ reserved }) => reserved),
    column(({ sold }) => sold),
    column(({ at }) => at),
  ];
}
