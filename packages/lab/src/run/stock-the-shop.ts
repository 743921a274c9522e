import type { DomainEvent, Ref } from '@quadrille/choreography';
import { FundsDeposited, ProductListed, StockReceived } from '@quadrille/contracts';
import { products as catalogue } from '@quadrille/inventory/domain/products';
import { stock } from '@quadrille/inventory/domain/stock';
import { PEOPLE, PRODUCTS } from '@quadrille/load';
import { newId } from '@quadrille/nest';
import { products } from '@quadrille/order/domain/product';
import { accountOf } from '@quadrille/payment/domain/accounts';
import { ledger } from '@quadrille/payment/domain/ledger';
import { transaction } from '@quadrille/postgres';
import { DEFINITIONS, environmentOf } from '../participant/definitions.js';
import { poolOf, workplaceOf } from '../participant/postgres-here.js';
import type { ServiceName } from '../protocol.js';
import type { Databases } from './servers.js';

const PIECES = 1_000_000;
const FUNDS = 10_000_000_000;

/** Writes the data of `npm start` directly into the databases: products, pieces (`PIECES` per SKU) and accounts. */
export async function stockTheShop({ urls }: Databases): Promise<void> {
  const plant = planter(urls);
  for (const product of PRODUCTS) {
    const listed = ProductListed(product);
    await plant('order', listed, [products.of(product.sku)]);
    await plant('inventory', listed, [catalogue.of(product.sku)]);
    await plant('inventory', StockReceived({ sku: product.sku, receiptId: newId(), quantity: PIECES }), [
      stock.of(product.sku),
    ]);
  }
  for (const customerId of PEOPLE.rich) await deposit(urls, customerId, FUNDS);
}

/** Opens an account with money. */
async function deposit(urls: Databases['urls'], customerId: string, amount: number): Promise<void> {
  const depositId = newId();
  const deposited = FundsDeposited({ customerId, depositId, amount, currency: 'GBP' });
  await planter(urls)('payment', deposited, [accountOf(customerId), ledger.of(depositId)]);
}

/** Lists a product with this many pieces. */
export async function deliver(urls: Databases['urls'], sku: string, pieces: number): Promise<void> {
  const plant = planter(urls);
  const listed = ProductListed({ sku, name: sku, price: 1_000, currency: 'GBP', weightGrams: 100 });
  await plant('order', listed, [products.of(sku)]);
  await plant('inventory', listed, [catalogue.of(sku)]);
  await plant('inventory', StockReceived({ sku, receiptId: newId(), quantity: pieces }), [stock.of(sku)]);
}

/** Stores the rows that an event creates. They must not exist yet. */
function planter(urls: Databases['urls']) {
  return async (service: ServiceName, said: DomainEvent, refs: readonly Ref[]): Promise<void> => {
    const definition = DEFINITIONS[service];
    const { kept } = workplaceOf(definition, environmentOf(definition));
    const pool = poolOf(urls[service]!);
    const at = new Date().toISOString();
    try {
      await transaction(pool, async (tx) => {
        for (const { aggregate, key } of refs) {
          const { store } = kept.find((each) => each.aggregate.name === aggregate.name)!;
          const after = aggregate.evolve(aggregate.initial(key), said, at);
          const event = { id: newId(), type: said.type, data: said.data, at };
          await store.save(tx, [{ key, before: undefined, after, events: [event] }]);
        }
      });
    } finally {
      await pool.end();
    }
  };
}
