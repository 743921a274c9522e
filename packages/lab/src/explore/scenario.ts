import { exampleOrder, FundsDeposited, type OrderDetails, ProductListed, StockReceived } from '@quadrille/contracts';
import { stock } from '@quadrille/inventory/domain/stock';
import { products } from '@quadrille/order/domain/product';
import { accounts } from '@quadrille/payment/domain/accounts';
import { ledger } from '@quadrille/payment/domain/ledger';
import type { PlaceOrder, ServiceName } from '../protocol.js';

const SKU = 'TEAPOT';
const PRICE = 3_400;
const AT = '2026-01-01T00:00:00.000Z';

/** Orders of one customer, each for one piece of the same SKU. */
export interface Scenario {
  readonly orders: readonly OrderDetails[];
  readonly requests: readonly PlaceOrder[];
  /** The rows of the services before the run. */
  readonly past: Readonly<Record<ServiceName, ReadonlyMap<string, unknown>>>;
}

/** Creates `count` orders, `pieces` in stock, and money for `funds` orders. */
export function scenarioOf(count: number, pieces: number, funds = count): Scenario {
  const orders = Array.from({ length: count }, (_, at) => orderNumber(at + 1));
  const customer = orders[0]!.customerId!;
  const deposit = `deposit of ${customer}`;
  const listed = ProductListed({ sku: SKU, name: 'Teapot', price: PRICE, currency: 'GBP', weightGrams: 900 });
  const received = StockReceived({ sku: SKU, receiptId: 'receipt', quantity: Math.max(pieces, 1) });
  const paid = FundsDeposited({
    customerId: customer,
    depositId: deposit,
    currency: 'GBP',
    amount: funds * PRICE || 1,
  });
  return {
    orders,
    requests: orders.map(({ orderId, customerId, items, currency, payment, shippingAddress }) => ({
      orderId,
      customerId,
      items: items.map(({ sku, quantity }) => ({ sku, quantity })),
      currency,
      payment,
      shippingAddress,
    })),
    past: {
      order: new Map([[`products/${SKU}`, products.evolve(products.initial(SKU), listed, AT)]]),
      payment: new Map<string, unknown>([
        [`accounts/${customer}`, accounts.evolve(accounts.initial(customer), paid, AT)],
        [`ledger/${deposit}`, ledger.evolve(ledger.initial(deposit), paid, AT)],
      ]),
      inventory: new Map(pieces > 0 ? [[`stock/${SKU}`, stock.evolve(stock.initial(SKU), received, AT)]] : []),
      shipping: new Map(),
    },
  };
}

function orderNumber(nth: number): OrderDetails {
  const items = [{ sku: SKU, quantity: 1, unitPrice: PRICE }];
  return exampleOrder({ orderId: `01980000-0000-7000-8000-00000000000${nth}`, items, total: PRICE });
}
