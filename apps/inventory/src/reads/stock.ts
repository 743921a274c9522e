import { Sku } from '@quadrille/contracts';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { stock } from '../domain/stock.js';
import { MOST_EXACT } from '../persistence/integers.js';
import { type StockRow, stockIn } from '../persistence/stock.js';

const pieces = z.int().nonnegative();

/** The stock of a product in responses. */
export const StockView = z.object({
  sku: Sku,
  received: pieces.describe('The total of all receipts: available + reserved + sold.'),
  available: pieces,
  reserved: pieces,
  sold: pieces,
  changedAt: z.iso.datetime().nullable().describe('Null before the first receipt.'),
});
export type StockView = z.infer<typeof StockView>;

// A product without a receipt has no row of stock; its stock is 0.
const STOCK_OF_PRODUCTS = `
  select p.sku, s.received, s.available, s.reserved, s.sold, s.changed_at
  from products p left join stock s on s.sku = p.sku`;

type Row = StockRow | { sku: string; received: null };

/** The stock of a SKU, or undefined if it is not in the catalogue. */
export async function findStock(dataSource: DataSource, sku: string): Promise<StockView | undefined> {
  const rows = await dataSource.query<Row[]>(`${STOCK_OF_PRODUCTS} where p.sku = $1`, [sku]);
  return rows.map(viewOf)[0];
}

/** The stock of the first products after a SKU, sorted by SKU. */
export async function listStock(dataSource: DataSource, after: string, limit: number): Promise<StockView[]> {
  const rows = await dataSource.query<Row[]>(
    `${STOCK_OF_PRODUCTS}
     where p.sku > $1 and coalesce(s.received, 0) <= ${MOST_EXACT} order by p.sku limit $2`,
    [after, limit],
  );
  return rows.map(viewOf);
}

function viewOf(row: Row): StockView {
  const { at, ...shelf } = row.received === null ? stock.initial(row.sku) : stockIn(row);
  return { ...shelf, changedAt: at ?? null };
}
