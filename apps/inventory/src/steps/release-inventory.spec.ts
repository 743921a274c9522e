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
import { releaseInventory } from './release-inventory.js';

const order = exampleOrder();
const undo = { ...order, reason: 'undeliverable-destination' };
const back = { ...orderDetailsOf(order), reason: undo.reason };
const receiptId = '01980000-0000-7000-8000-0000000000e1';
const shelf = [
  StockReceived({ sku: 'MUG-BLUE', quantity: 5, receiptId }),
  StockReceived({ sku: 'TEAPOT', quantity: 5, receiptId }),
];

describe('release-inventory', () => {
  it('releases every reserved line', () => {
    given(...shelf, InventoryReserved(order))
      .when(releaseInventory, undo)
      .thenEmits(InventoryReleased({ ...back, released: order.items }))
      .leaves(stock.of('MUG-BLUE'), { received: 5, available: 5, reserved: 0, sold: 0 })
      .leaves(stock.of('TEAPOT'), { received: 5, available: 5, reserved: 0, sold: 0 })
      .leaves(reservations.of(order.orderId), { status: 'released', reason: undo.reason, items: order.items });
  });

  it('leaves a tombstone and emits InventoryReleased if nothing was reserved yet', () => {
    given(...shelf)
      .when(releaseInventory, undo)
      .thenEmits(InventoryReleased({ ...back, released: [] }))
      .leaves(stock.of('MUG-BLUE'), { received: 5, available: 5, reserved: 0 })
      .leaves(reservations.of(order.orderId), { status: 'released', reason: undo.reason, items: [] });
  });

  it('ignores a repetition', () => {
    given(...shelf, InventoryReserved(order), InventoryReleased({ ...back, released: order.items }))
      .when(releaseInventory, undo)
      .thenIgnores()
      .leaves(stock.of('TEAPOT'), { available: 5, reserved: 0 });
    given(InventoryReleased({ ...back, released: [] }))
      .when(releaseInventory, undo)
      .thenIgnores();
  });

  it('ignores a failed reservation, whose own event started the compensation', () => {
    const missing = [{ sku: 'TEAPOT', wanted: 1, available: 0 }];
    given(InventoryReservationFailed({ ...undo, missing }))
      .when(releaseInventory, undo)
      .thenIgnores();
  });

  it('ignores a committed reservation', () => {
    given(...shelf, InventoryReserved(order), InventoryCommitted(order))
      .when(releaseInventory, undo)
      .thenIgnores()
      .leaves(stock.of('TEAPOT'), { available: 4, reserved: 0, sold: 1 });
  });

  it('releases only its own order', () => {
    const other = exampleOrder({ orderId: '01980000-0000-7000-8000-000000000002' });
    given(...shelf, InventoryReserved(other))
      .when(releaseInventory, undo)
      .thenEmitsLike('InventoryReleased', { released: [] })
      .leaves(stock.of('MUG-BLUE'), { available: 3, reserved: 2 });
  });
});
