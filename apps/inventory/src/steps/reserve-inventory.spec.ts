import { describe, expect, it } from '@jest/globals';
import { ignore, refsOf } from '@quadrille/choreography';
import {
  exampleOrder,
  InventoryCommitted,
  InventoryReleased,
  InventoryReservationFailed,
  InventoryReserved,
  orderDetailsOf,
  StockReceived,
} from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { reservations } from '../domain/reservations.js';
import { stock } from '../domain/stock.js';
import { reserveInventory } from './reserve-inventory.js';

const order = exampleOrder();
const undo = { ...order, reason: 'customer-changed-mind' };
const missing = [{ sku: 'TEAPOT', wanted: 1, available: 0 }];
const received = (sku: string, quantity: number) =>
  StockReceived({ sku, quantity, receiptId: '01980000-0000-7000-8000-0000000000e1' });
const enough = [received('MUG-BLUE', 2), received('TEAPOT', 1)];

describe('reserve-inventory', () => {
  it('reserves all lines if stock is exactly sufficient', () => {
    given(...enough)
      .when(reserveInventory, order)
      .thenEmits(InventoryReserved(orderDetailsOf(order)))
      .leaves(stock.of('MUG-BLUE'), { received: 2, available: 0, reserved: 2, sold: 0 })
      .leaves(stock.of('TEAPOT'), { received: 1, available: 0, reserved: 1, sold: 0 })
      .leaves(reservations.of(order.orderId), { status: 'reserved', items: order.items });
  });

  it('reserves no line if one is unavailable, and lists it', () => {
    given(received('MUG-BLUE', 9))
      .when(reserveInventory, order)
      .thenEmits(InventoryReservationFailed({ ...orderDetailsOf(order), reason: 'out-of-stock', missing }))
      .leaves(stock.of('MUG-BLUE'), { received: 9, available: 9, reserved: 0, sold: 0 })
      .leaves(reservations.of(order.orderId), { status: 'failed', reason: 'out-of-stock', items: order.items });
  });

  it('lists every unavailable line, including an unknown SKU', () => {
    given(received('MUG-BLUE', 1))
      .when(reserveInventory, order)
      .thenEmitsLike('InventoryReservationFailed', {
        missing: [{ sku: 'MUG-BLUE', wanted: 2, available: 1 }, ...missing],
      });
  });

  it('adds up several lines of one SKU', () => {
    const mug = { sku: 'MUG-BLUE', quantity: 2, unitPrice: 1_250 };
    const twice = exampleOrder({ items: [mug, mug] });
    given(received('MUG-BLUE', 3))
      .when(reserveInventory, twice)
      .thenEmitsLike('InventoryReservationFailed', { missing: [{ sku: 'MUG-BLUE', wanted: 4, available: 3 }] });
    given(received('MUG-BLUE', 5))
      .when(reserveInventory, twice)
      .thenEmitsLike('InventoryReserved')
      .leaves(stock.of('MUG-BLUE'), { available: 1, reserved: 4 });
  });

  it('does not use the pieces reserved for other orders', () => {
    const other = exampleOrder({ orderId: '01980000-0000-7000-8000-000000000002' });
    given(...enough, InventoryReserved(other))
      .when(reserveInventory, order)
      .thenEmitsLike('InventoryReservationFailed', {
        missing: [{ sku: 'MUG-BLUE', wanted: 2, available: 0 }, ...missing],
      })
      .leaves(stock.of('MUG-BLUE'), { available: 0, reserved: 2 });
  });

  it('ignores the fields that the payment event adds to the order details', () => {
    given(...enough)
      .when(reserveInventory, { ...order, authorization: 'auth-1' })
      .thenEmits(InventoryReserved(orderDetailsOf(order)));
  });

  it('ignores a repetition in every status', () => {
    const first = InventoryReserved(order);
    const pasts = [
      [first],
      [InventoryReservationFailed({ ...undo, missing })],
      [first, InventoryReleased({ ...undo, released: order.items })],
      [first, InventoryCommitted(order)],
    ];
    for (const past of pasts) {
      given(...enough, ...past)
        .when(reserveInventory, order)
        .thenIgnores();
    }
  });

  it('ignores the event if the release came first', () => {
    given(...enough, InventoryReleased({ ...undo, released: [] }))
      .when(reserveInventory, order)
      .thenIgnores()
      .leaves(stock.of('TEAPOT'), { available: 1, reserved: 0 });
  });

  it('reserves exactly 100 of 100 pieces for 10,000 orders in one batch', () => {
    const items = [{ sku: 'FLASH', quantity: 1, unitPrice: 100 }];
    let shelf = stock.evolve(stock.initial('FLASH'), received('FLASH', 100), '2026-01-01T00:00:00.000Z');
    let reserved = 0;
    const [keys, ids]: [string[], string[]] = [[], []];
    for (let nth = 0; nth < 10_000; nth++) {
      const one = exampleOrder({ orderId: `01980000-0000-7000-8000-${String(nth).padStart(12, '0')}`, items });
      keys.push(...[...refsOf(reserveInventory.loads(one))].map(({ key }) => key));
      ids.push(one.orderId);
      const states = { reservation: reservations.initial(one.orderId), shelves: [shelf] };
      const decided = reserveInventory.decide(states, one, undefined);
      if (decided === ignore || !('type' in decided)) throw new Error('every order is decided');
      shelf = stock.evolve(shelf, decided as Parameters<typeof stock.evolve>[1], '2026-01-01T00:00:00.000Z');
      if (decided.type === 'InventoryReserved') reserved++;
    }
    expect(keys).toEqual(ids.flatMap((id) => [id, 'FLASH']));
    expect(reserved).toBe(100);
    expect(shelf).toMatchObject({ received: 100, available: 0, reserved: 100, sold: 0 });
  });
});
