import { type Aggregate, type ServiceSteps, topicOf } from '@quadrille/choreography';
import {
  FundsDeposited,
  naming,
  OrderCreated,
  type OrderDetails,
  ProductListed,
  StockReceived,
  shop,
} from '@quadrille/contracts';
import { reservations } from '@quadrille/inventory/domain/reservations';
import { stock } from '@quadrille/inventory/domain/stock';
import { orders } from '@quadrille/order/domain/order';
import { products } from '@quadrille/order/domain/product';
import { accountOf, accounts } from '@quadrille/payment/domain/accounts';
import { ledger } from '@quadrille/payment/domain/ledger';
import { payments } from '@quadrille/payment/domain/payments';
import type { MemoryDatabase } from '@quadrille/proof/simulate/memory-database';
import type { SimulatedModel, SimulatedSaga } from '@quadrille/proof/simulate/model';
import type { Plan } from '@quadrille/proof/simulate/plan';
import { shipments } from '@quadrille/shipping/domain/shipments';
import { depositOf } from '../checkout/money.js';
import { jointEnding, promisesTo } from '../checkout/promises.js';
import { checkoutParts } from '../checkout/steps.js';
import { buy, catalogue, customersOf, ordersOf } from './customers.js';
import { memoryParties } from './memory-parties.js';

const AT = '2026-01-01T00:00:00.000Z';
/** Funds of a customer, in minor units: sufficient for some of the orders. */
const FUNDS = 30_000;
/** Stock of each SKU per order: less than the average demand. */
const PIECES_AN_ORDER = 0.8;
const ENDED = ['completed', 'cancelled'];

const aggregates: Readonly<Record<string, readonly Aggregate[]>> = {
  order: [orders, products],
  payment: [payments, accounts, ledger],
  inventory: [reservations, stock],
  shipping: [shipments],
};

/** One order and its customer. */
interface OrderSaga extends SimulatedSaga {
  readonly order: OrderDetails;
}

/** The simulated checkout; `parts`: the steps of its services. */
export const checkoutModel = (parts: readonly ServiceSteps[] = checkoutParts): SimulatedModel => ({
  ...{ ...naming, rows: shop, parts, aggregates, given: [], parties: memoryParties, provide },
  sagas: (plan) => ordersOf(plan).map(sagaOf),
  promises: (sagas) => promisesTo(sagas.map(orderOf)),
  ending(look, saga) {
    const { status } = look.state(orders.of(saga.key));
    return ENDED.includes(status) ? Object.values(jointEnding(look, orderOf(saga))).join(', ') : undefined;
  },
  olderEvent: { topic: topicOf(naming, OrderCreated), type: 'quadrille.order.created.v1' },
  situation: (payload) => (payload.includes('"requestedBy":"deadline"') ? 'deadline passed' : undefined),
});

const orderOf = (saga: SimulatedSaga): OrderDetails => (saga as OrderSaga).order;

const sagaOf = (order: OrderDetails): OrderSaga => ({
  order,
  key: order.orderId,
  act: (caller) => buy(order, caller),
  concerns: (key) =>
    key === order.orderId ||
    (order.customerId !== null && key.includes(order.customerId)) ||
    order.items.some(({ sku }) => sku === key),
});

/** Provides stock and money, which are not sufficient for all orders. */
function provide(databaseOf: (service: string) => MemoryDatabase, plan: Plan): void {
  const { currency } = ordersOf(plan)[0]!;
  for (const { sku, unitPrice } of catalogue) {
    const product = { sku, name: sku, price: unitPrice, currency, weightGrams: 1 };
    databaseOf('order').seed(products.of(sku), ProductListed(product), AT);
    const received = StockReceived({ sku, receiptId: 'receipt', quantity: Math.ceil(plan.count * PIECES_AN_ORDER) });
    databaseOf('inventory').seed(stock.of(sku), received, AT);
  }
  for (const customerId of customersOf(plan)) {
    const deposited = FundsDeposited({ customerId, depositId: depositOf(customerId), amount: FUNDS, currency });
    databaseOf('payment').seed(accountOf(customerId), deposited, AT);
    databaseOf('payment').seed(ledger.of(depositOf(customerId)), deposited, AT);
  }
}
