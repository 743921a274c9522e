import { demandOk, PEOPLE, PRODUCTS, type ShopClient, SOLD_OUT, untilOffered } from '@quadrille/load';

export { PEOPLE };

const CURRENCY = 'GBP';
const PIECES = 1_000_000;
/** Pence; sufficient for every order of a long demonstration. */
const RICH = 10_000_000_000;
/** Pence; insufficient for any order. */
const POOR = 1;

/** Seeds an empty shop with products, pieces and accounts; resolves when orders can be placed. Existing data is unchanged. */
export async function seed(shop: ShopClient): Promise<void> {
  for (const product of PRODUCTS) {
    demandOk(await shop.listProduct(product), `Listing ${product.sku}`);
    if (product.sku === SOLD_OUT || (await shop.stock(product.sku)).body?.received > 0) continue;
    demandOk(await shop.receiveStock(product.sku, PIECES, `seed-stock-${product.sku}`), `Delivering ${product.sku}`);
  }
  for (const product of PRODUCTS) await untilOffered(shop, product);
  for (const customer of PEOPLE.rich) await open(shop, customer, RICH);
  await open(shop, PEOPLE.poor, POOR);
}

async function open(shop: ShopClient, customer: string, amount: number): Promise<void> {
  if ((await shop.account(customer)).status === 200) return;
  demandOk(await shop.deposit(customer, amount, CURRENCY, 'seed-deposit'), `The deposit of ${customer}`);
}
