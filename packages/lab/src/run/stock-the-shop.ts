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

/** Rows that an event creates. */
type Planted = readonly [said: DomainEvent, refs: readonly Ref[]];

/** Writes the data of `npm start` directly into the databases: products, pieces (`PIECES` per SKU) and accounts. */
export async function stockTheShop({ urls }: Databases): Promise<void> {
  const listed = PRODUCTS.map((product) => ProductListed(product));
  await Promise.all([
    plant(
      urls,
      'order',
      listed.map((event): Planted => [event, [products.of(event.data.sku)]]),
    ),
    plant(
      urls,
      'inventory',
      listed.flatMap((event) => stocked(event, PIECES)),
    ),
    plant(urls, 'payment', PEOPLE.rich.map(deposited)),
  ]);
}

/** Lists a product with this many pieces. */
export async function deliver(urls: Databases['urls'], sku: string, pieces: number): Promise<void> {
  const listed = ProductListed({ sku, name: sku, price: 1_000, currency: 'GBP', weightGrams: 100 });
  await plant(urls, 'order', [[listed, [products.of(sku)]]]);
  await plant(urls, 'inventory', stocked(listed, pieces));
}

function stocked(listed: ReturnType<typeof ProductListed>, quantity: number): Planted[] {
  const { sku } = listed.data;
  return [
    [listed, [catalogue.of(sku)]],
    [StockReceived({ sku, receiptId: newId(), quantity }), [stock.of(sku)]],
  ];
}

/** An account with money. */
function deposited(customerId: string): Planted {
  const depositId = newId();
  const event = FundsDeposited({ customerId, depositId, amount: FUNDS, currency: 'GBP' });
  return [event, [accountOf(customerId), ledger.of(depositId)]];
}

/** Stores rows in one transaction. They must not exist yet. */
async function plant(urls: Databases['urls'], service: ServiceName, all: readonly Planted[]): Promise<void> {
  const definition = DEFINITIONS[service];
  const { kept } = workplaceOf(definition, environmentOf(definition));
  const pool = poolOf(urls[service]!);
  const at = new Date().toISOString();
  try {
    await transaction(pool, async (tx) => {
      for (const [said, refs] of all) {
        for (const { aggregate, key } of refs) {
          const { store } = kept.find((each) => each.aggregate.name === aggregate.name)!;
          const after = aggregate.evolve(aggregate.initial(key), said, at);
          const event = { id: newId(), type: said.type, data: said.data, at };
          await store.save(tx, [{ key, before: undefined, after, events: [event] }]);
        }
      }
    });
  } finally {
    await pool.end();
  }
}
