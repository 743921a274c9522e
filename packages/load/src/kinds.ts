import { randomUUID } from 'node:crypto';
import type { OrderBody } from './shop-client.js';

/** A kind of demonstration order. */
export interface OrderKind {
  readonly name: string;
  /** Percentage of orders of this kind. */
  readonly share: number;
  /** Required ending; `either` if the cancellation may come too late. */
  readonly ends: 'COMPLETED' | 'CANCELLED' | 'either';
  readonly body: (people: People) => OrderBody;
  /** Whether the order is cancelled at once. */
  readonly cancelled?: boolean;
}

/** Demonstration customers with and without money. */
export interface People {
  readonly rich: readonly string[];
  readonly poor: string;
}

/** Products with prices in pence. */
export const PRODUCTS = [
  { sku: 'MUG-BLUE', name: 'Blue mug', price: 1_250, currency: 'GBP', weightGrams: 350 },
  { sku: 'MUG-RED', name: 'Red mug', price: 1_250, currency: 'GBP', weightGrams: 350 },
  { sku: 'TEAPOT', name: 'Teapot for four', price: 3_400, currency: 'GBP', weightGrams: 900 },
  { sku: 'TEA-ASSAM', name: 'Assam, 250 g', price: 890, currency: 'GBP', weightGrams: 250 },
  { sku: 'TEA-SENCHA', name: 'Sencha, 100 g', price: 1_450, currency: 'GBP', weightGrams: 100 },
  { sku: 'BISCUITS', name: 'Shortbread', price: 420, currency: 'GBP', weightGrams: 300 },
  { sku: 'TRAY-OAK', name: 'Oak tray', price: 2_800, currency: 'GBP', weightGrams: 1_200 },
  { sku: 'SAMOVAR', name: 'Samovar (sold out)', price: 49_000, currency: 'GBP', weightGrams: 6_500 },
] as const;

/** A product without any stock receipt. */
export const SOLD_OUT = 'SAMOVAR';

const ADDRESS = {
  name: 'Ada Lovelace',
  line1: '12 St James’s Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};
const IN_STOCK = PRODUCTS.filter(({ sku }) => sku !== SOLD_OUT);

const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)]!;

const basket = () =>
  Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => ({
    sku: pick(IN_STOCK).sku,
    quantity: 1 + Math.floor(Math.random() * 3),
  }));

const onAccount = (people: People, changes: Partial<OrderBody> = {}): OrderBody => ({
  customerId: pick(people.rich),
  items: basket(),
  shippingAddress: ADDRESS,
  payment: { method: 'account' },
  currency: 'GBP',
  ...changes,
});

/** The first demonstration order: a teapot, on the account of the first customer with money. */
export const oneTeapot = (people: People): OrderBody =>
  onAccount(people, { customerId: people.rich[0]!, items: [{ sku: 'TEAPOT', quantity: 1 }] });

const byCard = (token: string) => (people: People) => onAccount(people, { payment: { method: 'card', token } });

/** Orders of every kind: success, each failure, cancellations in flight, deadlines. */
export const ORDER_KINDS: readonly OrderKind[] = [
  { name: 'on account', share: 48, ends: 'COMPLETED', body: onAccount },
  { name: 'by card', share: 14, ends: 'COMPLETED', body: byCard('tok_visa') },
  {
    name: 'as a guest',
    share: 5,
    ends: 'COMPLETED',
    body: (people) => onAccount(people, { customerId: null, payment: { method: 'card', token: 'tok_visa' } }),
  },
  { name: 'the provider stumbles', share: 2, ends: 'COMPLETED', body: byCard('tok_flaky') },
  {
    name: 'too little money',
    share: 5,
    ends: 'CANCELLED',
    body: (people) => onAccount(people, { customerId: people.poor }),
  },
  {
    name: 'no account',
    share: 2,
    ends: 'CANCELLED',
    body: (people) => onAccount(people, { customerId: randomUUID() }),
  },
  { name: 'card declined', share: 4, ends: 'CANCELLED', body: byCard('tok_declined') },
  {
    name: 'sold out',
    share: 5,
    ends: 'CANCELLED',
    body: (people) => onAccount(people, { items: [...basket(), { sku: SOLD_OUT, quantity: 1 }] }),
  },
  {
    name: 'undeliverable',
    share: 4,
    ends: 'CANCELLED',
    body: (people) => onAccount(people, { shippingAddress: { ...ADDRESS, city: 'McMurdo', country: 'AQ' } }),
  },
  { name: 'capture declined', share: 4, ends: 'CANCELLED', body: byCard('tok_capture-declined') },
  { name: 'cancelled in flight', share: 5, ends: 'either', cancelled: true, body: onAccount },
  // The provider cannot be reached for longer than an order's deadline.
  { name: 'deadline passes', share: 2, ends: 'CANCELLED', body: byCard('tok_unreachable') },
];

/** The default share of each kind. */
export const USUAL_SHARES: Readonly<Record<string, number>> = Object.fromEntries(
  ORDER_KINDS.map(({ name, share }) => [name, share]),
);

/** Yields `count` orders in the shares of their kinds, evenly mixed; the same count gives the same numbers of each kind. */
export function* mixed(count: number, kinds: readonly OrderKind[] = ORDER_KINDS): Generator<OrderKind> {
  const all = endlessly(kinds);
  for (let order = 0; order < count; order++) yield all.next().value;
}

/** Yields orders endlessly in the shares of their kinds, evenly mixed. */
export function* endlessly(kinds: readonly OrderKind[]): Generator<OrderKind, never> {
  const whole = kinds.reduce((sum, { share }) => sum + share, 0);
  const quota = kinds.map(() => 0);
  for (;;) {
    kinds.forEach(({ share }, at) => {
      quota[at]! += share / whole;
    });
    const next = quota.indexOf(Math.max(...quota));
    quota[next]! -= 1;
    yield kinds[next]!;
  }
}
