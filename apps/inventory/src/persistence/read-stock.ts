import type { DataSource } from 'typeorm';
import { type Stock, stock } from '../domain/stock.js';
import { type StockRow, stockIn } from './stock.js';

// A product of which nothing came in yet has no row of stock: it has none of it.
const STOCK_OF_PRODUCTS = `
  select p.sku, s.received, s.available, s.reserved, s.sold, s.changed_at
  from products p left join stock s on s.sku = p.sku`;

type ProductsStockRow = StockRow | ({ [Column in keyof Omit<StockRow, 'sku'>]: null } & { sku: string });

const stockOfProduct = (row: ProductsStockRow): Stock =>
  row.received === null ? stock.initial(row.sku) : stockIn(row);

/** The stock of a SKU, or undefined when it is not in the catalogue. */
export async function readStock(dataSource: DataSource, sku: string): Promise<Stock | undefined> {
  const rows: ProductsStockRow[] = await dataSource.query(`${STOCK_OF_PRODUCTS} where p.sku = $1`, [sku]);
  return rows.map(stockOfProduct)[0];
}

/** The stock of the first products behind a SKU, in order of their SKUs. */
export async function readStockPage(dataSource: DataSource, after: string, limit: number): Promise<Stock[]> {
  const rows: ProductsStockRow[] = await dataSource.query(
    `${STOCK_OF_PRODUCTS} where p.sku > $1 order by p.sku limit $2`,
    [after, limit],
  );
  return rows.map(stockOfProduct);
}
