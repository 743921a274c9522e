import { overKeys, writing } from '@quadrille/nest';
import type { Product } from '../domain/product.js';

interface ProductRow {
  readonly sku: string;
  readonly name: string;
  readonly price: string;
  readonly currency: string;
  readonly weight_grams: number;
  readonly occurred_at: Date;
  readonly revision: string;
}

/**
 * The store of the catalogue that prices orders. Loading takes no lock, neither for share nor for update: otherwise every order
 * of a best-seller would write to its row and wait for a price change. That is safe, because either price is right during a
 * change. Saving needs no lock, because a product is only replaced as a whole, by a later event.
 */
export const productStore = writing<Product>({
  async load(tx, keys) {
    const { rows } = await tx.query<ProductRow>(...LOAD(keys));
    return new Map(
      rows.map(({ sku, name, price, currency, weight_grams, occurred_at, revision }) => [
        sku,
        {
          sku,
          listed: true,
          name,
          price: amountOf(price),
          currency,
          weightGrams: weight_grams,
          occurredAt: occurred_at.toISOString(),
          revision: amountOf(revision),
        },
      ]),
    );
  },

  writes(changed) {
    const listed = changed.flatMap(({ after }) => (after.listed ? [after] : []));
    return [
      {
        // Limits the time to now: a clock that runs ahead must not block later events.
        text: `insert into products (sku, name, price, currency, weight_grams, occurred_at, revision)
       select sku, name, price, currency, weight_grams, least(occurred_at, now()), revision
       from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::int[], $6::timestamptz[], $7::bigint[])
         as changed (sku, name, price, currency, weight_grams, occurred_at, revision)
       order by 1
       on conflict (sku) do update set
         name = excluded.name, price = excluded.price, currency = excluded.currency,
         weight_grams = excluded.weight_grams, occurred_at = excluded.occurred_at, revision = excluded.revision
       where (products.revision, products.occurred_at) <= (excluded.revision, excluded.occurred_at)`,
        values: [
          listed.map(({ sku }) => sku),
          listed.map(({ name }) => name),
          listed.map(({ price }) => price),
          listed.map(({ currency }) => currency),
          listed.map(({ weightGrams }) => weightGrams),
          listed.map(({ occurredAt }) => occurredAt),
          listed.map(({ revision }) => revision),
        ],
      },
    ];
  },
});

const LOAD = overKeys(
  'text',
  (among) => `select sku, name, price, currency, weight_grams, occurred_at, revision from products where sku ${among}`,
);

/** Parses an amount in minor units: the driver returns `bigint` as text. Throws if it exceeds the safe integers. */
export function amountOf(bigint: string): number {
  const amount = Number(bigint);
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${bigint} is not an exact amount: it is no safe integer.`);
  return amount;
}
