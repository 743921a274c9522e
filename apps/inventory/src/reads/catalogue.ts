import { ListProduct } from '@quadrille/contracts';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { MOST_EXACT } from '../persistence/integers.js';
import { PRODUCT_COLUMNS, type ProductRow, productIn } from '../persistence/products.js';

/** A product of the catalogue in responses; the price is in minor units. */
export const ProductView = ListProduct.extend({ changedAt: z.iso.datetime() });
export type ProductView = z.infer<typeof ProductView>;

/** The product of a SKU, or undefined if it is not in the catalogue. */
export async function findProduct(dataSource: DataSource, sku: string): Promise<ProductView | undefined> {
  const rows = await dataSource.query<ProductRow[]>(`select ${PRODUCT_COLUMNS} from products where sku = $1`, [sku]);
  return rows.map(viewOf)[0];
}

/** The first products after a SKU, sorted by SKU. */
export async function listCatalogue(dataSource: DataSource, after: string, limit: number): Promise<ProductView[]> {
  const rows = await dataSource.query<ProductRow[]>(
    `select ${PRODUCT_COLUMNS} from products
     where sku > $1 and greatest(price, revision) <= ${MOST_EXACT} order by sku limit $2`,
    [after, limit],
  );
  return rows.map(viewOf);
}

function viewOf(row: ProductRow): ProductView {
  const { sku, name, price, currency, weightGrams, at } = productIn(row);
  return { sku, name, price, currency, weightGrams, changedAt: at };
}
