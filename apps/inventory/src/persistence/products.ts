import type { Change, Write } from '@quadrille/choreography';
import { insertFresh, momentOf, writeEach, writing } from '@quadrille/nest';
import type { ListedProduct, Product } from '../domain/products.js';
import { exact } from './integers.js';

/** A row of `products`; the columns to select are {@link PRODUCT_COLUMNS}. */
export interface ProductRow {
  sku: string;
  name: string;
  price: string;
  currency: ListedProduct['currency'];
  weight_grams: number;
  changed_at: Date;
  revision: string;
}

export const PRODUCT_COLUMNS = 'sku, name, price, currency, weight_grams, changed_at, revision';

/** The store of the catalogue, with one row per SKU. */
export const productStore = writing<Product>({
  async load(tx, skus) {
    const { rows } = await tx.query<ProductRow>(
      `select ${PRODUCT_COLUMNS} from products where sku = any($1::text[]) order by sku for update`,
      [skus],
    );
    return new Map(rows.map((row) => [row.sku, productIn(row)]));
  },

  writes(changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    return [...(fresh.length > 0 ? [insert(fresh)] : []), ...(known.length > 0 ? [update(known)] : [])];
  },
});

/** Maps a row to a product. */
export const productIn = (row: ProductRow): ListedProduct => ({
  listed: true,
  sku: row.sku,
  name: row.name,
  price: exact(row.price),
  currency: row.currency,
  weightGrams: row.weight_grams,
  at: momentOf(row.changed_at),
  revision: exact(row.revision),
});

const insert = (changed: readonly Change<Product>[]): Write =>
  insertFresh(
    'a product',
    `insert into products (${PRODUCT_COLUMNS}, listed_at)
     select *, changed_at
     from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::int[], $6::timestamptz[], $7::bigint[]) as fresh (${PRODUCT_COLUMNS})`,
    columns(changed),
  );

const update = (changed: readonly Change<Product>[]): Write =>
  writeEach(
    'a product',
    changed.length,
    `update products p
     set name = c.name, price = c.price, currency = c.currency, weight_grams = c.weight_grams, changed_at = c.changed_at,
         revision = c.revision
     from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::int[], $6::timestamptz[], $7::bigint[])
       as c (${PRODUCT_COLUMNS})
     where p.sku = c.sku`,
    columns(changed),
  );

function columns(changed: readonly Change<Product>[]): unknown[][] {
  const products = changed.map(({ after }) => after as ListedProduct);
  return [
    products.map(({ sku }) => sku),
    products.map(({ name }) => name),
    products.map(({ price }) => price),
    products.map(({ currency }) => currency),
    products.map(({ weightGrams }) => weightGrams),
    products.map(({ at }) => at),
    products.map(({ revision }) => revision),
  ];
}
