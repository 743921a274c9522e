import { CURRENCY, IN_STOCK, POOR, RARE, RICH, SOLD_OUT } from './goods.js';

/** How an order of the drain ends; the customer cancels `cancelled` ones in flight. */
export type Fate = 'completes' | 'no-stock' | 'no-money' | 'cancelled';

const ADDRESS = {
  name: 'Ada Lovelace',
  line1: '12 St James’s Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};

/** Of 100 orders, inventory refuses two, payment refuses one, and the customer cancels one in flight. */
export function fateOf(at: number): Fate {
  const place = at % 100;
  if (place === 17 || place === 67) return 'no-stock';
  if (place === 37) return 'no-money';
  return place === 87 ? 'cancelled' : 'completes';
}

/** The body of order number `at`: one to three lines, evenly distributed; the same in every run and on both sides. */
export function mixedOrder(at: number): object {
  const fate = fateOf(at);
  const lines = 1 + (at % 3);
  const items = Array.from({ length: lines }, (_, line) => ({
    sku: IN_STOCK[(at * 7 + line * 13) % IN_STOCK.length]!.sku,
    quantity: 1 + ((at + line) % 3),
  }));
  if (fate === 'no-stock') items.push({ sku: SOLD_OUT.sku, quantity: 1 });
  return body(fate === 'no-money' ? POOR : RICH[at % RICH.length]!, items);
}

/** An order of one piece of the flash sale's product. */
export const rareOrder = (at: number): object => body(RICH[at % RICH.length]!, [{ sku: RARE.sku, quantity: 1 }]);

const body = (customerId: string, items: readonly object[]) => ({
  customerId,
  items,
  shippingAddress: ADDRESS,
  payment: { method: 'account' },
  currency: CURRENCY,
});

/** A complete HTTP request as text. */
export function jsonRequest(method: 'POST' | 'PUT', path: string, json: object): string {
  const text = JSON.stringify(json);
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}
