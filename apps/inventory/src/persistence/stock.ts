import type { Change, Write } from '@quadrille/choreography';
import { insertFresh, momentOf, overKeys, overRows, writeEach, writing } from '@quadrille/nest';
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
    const { rows } = await tx.query<StockRow>(...LOAD(skus));
    return new Map(rows.map((row) => [row.sku, stockIn(row)]));
  },

  writes(changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    return [...(fresh.length > 0 ? [insert(fresh)] : []), ...(known.length > 0 ? [update(known)] : [])];
  },
});

const LOAD = overKeys(
  'text',
  (among) => `select ${STOCK_COLUMNS} from stock where sku ${among} order by sku for update`,
);

/** Maps a row to a stock. */
export const stockIn = (row: StockRow): Stock & { at: string } => ({
  sku: row.sku,
  received: exact(row.received),
  available: exact(row.available),
  reserved: exact(row.reserved),
  sold: exact(row.sold),
  at: momentOf(row.changed_at),
});

const TYPES = ['text', 'bigint', 'bigint', 'bigint', 'bigint', 'timestamptz'];

const INSERT = overRows(
  TYPES,
  (rows) => `insert into stock (${STOCK_COLUMNS}) select * from ${rows} as fresh (${STOCK_COLUMNS})`,
);

const UPDATE = overRows(
  TYPES,
  (rows) =>
    `update stock s
     set received = c.received, available = c.available, reserved = c.reserved, sold = c.sold, changed_at = c.changed_at
     from ${rows} as c (${STOCK_COLUMNS})
     where s.sku = c.sku`,
);

const insert = (changed: readonly Change<Stock>[]): Write =>
  insertFresh('the stock of a SKU', ...INSERT(columns(changed)));

const update = (changed: readonly Change<Stock>[]): Write =>
  writeEach('the stock of a SKU', changed.length, ...UPDATE(columns(changed)));

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
