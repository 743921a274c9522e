import { demandOk, inParallel, ShopClient, type ShopUrls, untilOffered } from '@quadrille/load';
import { CURRENCY, GOODS, POOR, POOR_HAS, RICH, RICH_HAVE } from '../load/goods.js';

const AT_ONCE = 32;

/** Lists the goods, delivers them and deposits money over HTTP, as a shop operator does. */
export async function stock(urls: ShopUrls): Promise<void> {
  const shop = new ShopClient(urls);
  await inParallel(GOODS, AT_ONCE, async ({ sku, price, pieces }) => {
    const product = { sku, name: sku, price, currency: CURRENCY, weightGrams: 100 };
    demandOk(await shop.listProduct(product), `Listing ${sku}`);
    if (pieces > 0) demandOk(await shop.receiveStock(sku, pieces), `Delivering ${sku}`);
  });
  const accounts = [...RICH.map((customer) => [customer, RICH_HAVE] as const), [POOR, POOR_HAS] as const];
  await inParallel(accounts, AT_ONCE, async ([customer, amount]) => {
    demandOk(await shop.deposit(customer, amount, CURRENCY), `The deposit of ${customer}`);
  });
  await inParallel(GOODS, AT_ONCE, (goods) => untilOffered(shop, goods));
}
