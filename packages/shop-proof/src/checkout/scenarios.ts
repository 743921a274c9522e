import type { ServiceSteps } from '@quadrille/choreography';
import {
  checkout,
  exampleOrder,
  FundsDeposited,
  type OrderDetails,
  ProductListed,
  StockReceived,
  shop,
} from '@quadrille/contracts';
import { stock } from '@quadrille/inventory/domain/stock';
import { products } from '@quadrille/order/domain/product';
import { accountOf } from '@quadrille/payment/domain/accounts';
import { ledger } from '@quadrille/payment/domain/ledger';
import type { Assumptions, Call, Past, System } from '@quadrille/proof/explore/system';
import { carriers } from './carriers.js';
import { depositOf } from './money.js';
import { provider } from './provider.js';
import { checkoutParts } from './steps.js';

/** The circumstances of an order on which the decisions of steps depend. */
export interface Circumstances {
  readonly payment: OrderDetails['payment'];
  /** The balance of the customer's account, in order totals. */
  readonly funds: number;
  /** The available stock, in orders. */
  readonly stock: number;
  readonly country: string;
  readonly carrier: keyof typeof carriers;
}

/** A system to explore, with its orders. */
export interface Scenario {
  readonly name: string;
  readonly orders: readonly OrderDetails[];
  readonly system: System;
}

const SKU = 'TEAPOT';
const PRICE = 3_400;

/** Returns every combination of circumstances that causes different decisions about one order. */
export function circumstancesOfOne(): Circumstances[] {
  const ways = [
    { payment: { method: 'account' as const }, funds: 1 },
    { payment: { method: 'account' as const }, funds: 0 },
    ...['tok_visa', 'tok_declined', 'tok_capture-declined'].map((token) => ({
      payment: { method: 'card' as const, token },
      funds: 0,
    })),
  ];
  return ways.flatMap((way) =>
    [1, 0].flatMap((pieces) =>
      ['GB', 'AQ'].flatMap((country) =>
        (['house', 'foreign'] as const).map((carrier) => ({ ...way, stock: pieces, country, carrier })),
      ),
    ),
  );
}

/** Returns the circumstances in which two orders of one customer and one SKU compete. */
export function circumstancesOfTwo(): Circumstances[] {
  const account = { payment: { method: 'account' as const }, country: 'GB' };
  const card = (token: string) => ({ payment: { method: 'card' as const, token }, country: 'GB', funds: 0 });
  const each = [
    ...[1, 2].flatMap((funds) => [1, 2].map((pieces) => ({ ...account, funds, stock: pieces }))),
    { ...account, funds: 2, stock: 1, country: 'AQ' },
    { ...account, funds: 1, stock: 2, country: 'AQ' },
    ...[1, 2].map((pieces) => ({ ...card('tok_visa'), stock: pieces })),
    { ...card('tok_visa'), stock: 1, country: 'AQ' },
    { ...card('tok_capture-declined'), stock: 1 },
  ];
  return each.flatMap((one) => (['house', 'foreign'] as const).map((carrier) => ({ ...one, carrier })));
}

/** Returns the exploration of this number of orders of one customer and one SKU. */
export function scenario(
  count: number,
  circumstances: Circumstances,
  assumptions: Assumptions,
  parts: readonly ServiceSteps[] = checkoutParts,
): Scenario {
  const orders = Array.from({ length: count }, (_, at) => orderNumber(at, circumstances));
  const system: System = {
    naming: checkout,
    rows: shop,
    parts,
    keys: orders.map(({ orderId }) => orderId),
    calls: orders.flatMap(callsOf),
    past: pastOf(orders[0]!, circumstances),
    gateways: [provider, carriers[circumstances.carrier]],
    assumptions,
  };
  return { name: nameOf(circumstances), orders, system };
}

function orderNumber(at: number, { payment, country }: Circumstances): OrderDetails {
  const example = exampleOrder();
  return {
    ...example,
    orderId: `01980000-0000-7000-8000-00000000000${at + 1}`,
    items: [{ sku: SKU, quantity: 1, unitPrice: PRICE }],
    total: PRICE,
    payment,
    shippingAddress: { ...example.shippingAddress, country },
  };
}

function callsOf(order: OrderDetails): Call[] {
  const { orderId, customerId, items, currency, payment, shippingAddress } = order;
  const lines = items.map(({ sku, quantity }) => ({ sku, quantity }));
  const request = { orderId, customerId, items: lines, currency, payment, shippingAddress };
  return [
    { step: 'place-order', key: orderId, input: request },
    { step: 'request-cancellation', key: orderId, input: { orderId, reason: 'changed-my-mind' } },
  ];
}

function pastOf({ customerId, currency, total }: OrderDetails, { funds, stock: pieces }: Circumstances): Past[] {
  const product = { sku: SKU, name: 'Teapot', price: PRICE, currency, weightGrams: 900 };
  const received = StockReceived({ sku: SKU, receiptId: 'receipt', quantity: Math.max(pieces, 1) });
  const deposited = FundsDeposited({
    customerId: customerId!,
    depositId: depositOf(customerId!),
    currency,
    amount: funds * total || total - 1,
  });
  return [
    { ref: products.of(SKU), event: ProductListed(product) },
    ...(pieces > 0 ? [{ ref: stock.of(SKU), event: received }] : []),
    { ref: accountOf(customerId!), event: deposited },
    { ref: ledger.of(depositOf(customerId!)), event: deposited },
  ];
}

const nameOf = ({ payment, funds, stock: pieces, country, carrier }: Circumstances): string =>
  [
    payment.method === 'account' ? `account with money for ${funds}` : `card ${payment.token}`,
    `stock for ${pieces}`,
    country === 'AQ' ? 'undeliverable' : 'deliverable',
    `${carrier} carrier`,
  ].join(', ');
