import { describe, it } from '@jest/globals';
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
import { commitInventory } from './commit-inventory.js';

const order = exampleOrder();
const undo = { ...order, reason: 'deadline' };
const receiptId = '01980000-0000-7000-8000-0000000000e1';
const shelf = [
  StockReceived({ sku: 'MUG-BLUE', quantity: 5, receiptId }),
  StockReceived({ sku: 'TEAPOT', quantity: 5, receiptId }),
];

describe('commit-inventory', () => {
  it('sells the reserved pieces', () => {
    given(...shelf, InventoryReserved(order))
      .when(commitInventory, order)
      .thenEmits(InventoryCommitted(orderDetailsOf(order)))
      .leaves(stock.of('MUG-BLUE'), { received: 5, available: 3, reserved: 0, sold: 2 })
      .leaves(stock.of('TEAPOT'), { received: 5, available: 4, reserved: 0, sold: 1 })
      .leaves(reservations.of(order.orderId), { status: 'committed', items: order.items });
  });

  it('ignores a repetition', () => {
    given(...shelf, InventoryReserved(order), InventoryCommitted(order))
      .when(commitInventory, order)
      .thenIgnores()
      .leaves(stock.of('MUG-BLUE'), { available: 3, reserved: 0, sold: 2 });
  });

  it('ignores the event if nothing is reserved', () => {
    const missing = [{ sku: 'TEAPOT', wanted: 1, available: 0 }];
    const pasts = [
      [],
      [InventoryReservationFailed({ ...undo, missing })],
      [InventoryReleased({ ...undo, released: [] })],
      [InventoryReserved(order), InventoryReleased({ ...undo, released: order.items })],
    ];
    for (const past of pasts) {
      given(...shelf, ...past)
        .when(commitInventory, order)
        .thenIgnores()
        .leaves(stock.of('MUG-BLUE'), { available: 5, reserved: 0, sold: 0 });
    }
  });
});
