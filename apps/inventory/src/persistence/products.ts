import { type Change, Conflict, type Store, type Tx } from '@quadrille/choreography';
import { momentOf } from '@quadrille/service';
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

/** Keeps the catalogue, a row a SKU. */
export const productStore: Store<Product> = {
  async load(tx, skus) {
    const { rows } = await tx.query<ProductRow>(
      `select ${PRODUCT_COLUMNS} from products where sku = any($1::text[]) order by sku for update`,
      [skus],
    );
    return new Map(rows.map((row) => [row.sku, productIn(row)]));
  },

  async save(tx, changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    await Promise.all([fresh.length > 0 && insert(tx, fresh), known.length > 0 && update(tx, known)]);
  },
};

/** The product a row tells of. */
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

async function insert(tx: Tx, changed: readonly Change<Product>[]): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into products (${PRODUCT_COLUMNS}, listed_at)
     select *, changed_at
     from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::int[], $6::timestamptz[], $7::bigint[]) as fresh (${PRODUCT_COLUMNS})
     on conflict (sku) do nothing`,
    columns(changed),
  );
  if (rowCount !== changed.length) throw new Conflict('a product');
}

async function update(tx: Tx, changed: readonly Change<Product>[]): Promise<void> {
  const { rowCount } = await tx.query(
    `update products p
     set name = c.name, price = c.price, currency = c.currency, weight_grams = c.weight_grams, changed_at = c.changed_at,
         revision = c.revision
     from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::int[], $6::timestamptz[], $7::bigint[])
       as c (${PRODUCT_COLUMNS})
     where p.sku = c.sku`,
    columns(changed),
  );
  if (rowCount !== changed.length) throw new Conflict('a product');
}

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
