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
import { dependenciesOf, poolOf } from '../participant/postgres-participant.js';
import type { ServiceName } from '../protocol.js';
import type { Databases } from './servers.js';

const PIECES = 1_000_000;
const FUNDS = 10_000_000_000;

/** Rows that an event creates. */
type Rows = readonly [event: DomainEvent, refs: readonly Ref[]];

/** Writes the data of `npm start` directly into the databases: products, pieces (`PIECES` per SKU) and accounts. */
export async function stockTheShop({ urls }: Databases): Promise<void> {
  const listed = PRODUCTS.map((product) => ProductListed(product));
  await Promise.all([
    insertRows(
      urls,
      'order',
      listed.map((event): Rows => [event, [products.of(event.data.sku)]]),
    ),
    insertRows(
      urls,
      'inventory',
      listed.flatMap((event) => stocked(event, PIECES)),
    ),
    insertRows(urls, 'payment', PEOPLE.rich.map(deposited)),
  ]);
}

/** Lists products, each with this many pieces. */
export async function listProducts(urls: Databases['urls'], skus: readonly string[], pieces: number): Promise<void> {
  const listed = skus.map((sku) => ProductListed({ sku, name: sku, price: 1_000, currency: 'GBP', weightGrams: 100 }));
  await insertRows(
    urls,
    'order',
    listed.map((event): Rows => [event, [products.of(event.data.sku)]]),
  );
  await insertRows(
    urls,
    'inventory',
    listed.flatMap((event) => stocked(event, pieces)),
  );
}

function stocked(listed: ReturnType<typeof ProductListed>, quantity: number): Rows[] {
  const { sku } = listed.data;
  return [
    [listed, [catalogue.of(sku)]],
    [StockReceived({ sku, receiptId: newId(), quantity }), [stock.of(sku)]],
  ];
}

/** An account with money. */
function deposited(customerId: string): Rows {
  const depositId = newId();
  const event = FundsDeposited({ customerId, depositId, amount: FUNDS, currency: 'GBP' });
  return [event, [accountOf(customerId), ledger.of(depositId)]];
}

/** Stores rows in one transaction. They must not exist yet. */
async function insertRows(urls: Databases['urls'], service: ServiceName, all: readonly Rows[]): Promise<void> {
  const definition = DEFINITIONS[service];
  const { stores } = dependenciesOf(definition, environmentOf(definition));
  const pool = poolOf(urls[service]!);
  const at = new Date().toISOString();
  try {
    await transaction(pool, async (tx) => {
      for (const [event, refs] of all) {
        for (const { aggregate, key } of refs) {
          const { store } = stores.find((each) => each.aggregate.name === aggregate.name)!;
          const after = aggregate.evolve(aggregate.initial(key), event, at);
          const stored = { id: newId(), type: event.type, data: event.data, at };
          await store.save(tx, [{ key, before: undefined, after, events: [stored] }]);
        }
      }
    });
  } finally {
    await pool.end();
  }
}
