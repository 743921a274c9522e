import type { DataSource } from 'typeorm';
import type { ListedProduct } from '../domain/products.js';
import { PRODUCT_COLUMNS, type ProductRow, productIn } from './products.js';

/** The product of a SKU, or undefined when it is not in the catalogue. */
export async function readProduct(dataSource: DataSource, sku: string): Promise<ListedProduct | undefined> {
  const rows: ProductRow[] = await dataSource.query(`select ${PRODUCT_COLUMNS} from products where sku = $1`, [sku]);
  return rows.map(productIn)[0];
}

/** The first products behind a SKU, in order of their SKUs. */
export async function readCatalogue(dataSource: DataSource, after: string, limit: number): Promise<ListedProduct[]> {
  const rows: ProductRow[] = await dataSource.query(
    `select ${PRODUCT_COLUMNS} from products where sku > $1 order by sku limit $2`,
    [after, limit],
  );
  return rows.map(productIn);
}
