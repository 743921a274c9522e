import { ignore } from '@quadrille/choreography';
import { bindStore, defineService } from '@quadrille/nest';
import { aggregate, ordering, SoldOut, StockReserved, serviceSteps, step } from './ordering.js';

export const reservations = aggregate<{ orderId: string; isMade: boolean }>('reservations', {
  initial: (orderId) => ({ orderId, isMade: false }),
  evolve(before, { type, data }) {
    const isMade = (type === 'StockReserved' || type === 'SoldOut') && data.orderId === before.orderId;
    return isMade ? { ...before, isMade } : before;
  },
});

export const pieces = aggregate<{ sku: string; left: number }>('pieces', {
  initial: (sku) => ({ sku, left: 100 }),
  evolve(stock, { type, data }) {
    return type === 'StockReserved' && data.sku === stock.sku ? { ...stock, left: stock.left - data.quantity } : stock;
  },
});

/** Reserves the pieces of an order, if there are enough. */
export const reserveStock = step('reserve-stock', {
  loads: ({ orderId, sku }) => ({ reservation: reservations.of(orderId), stock: pieces.of(sku) }),
  decide({ reservation, stock }, order) {
    if (reservation.isMade) return ignore;
    return stock.left < order.quantity ? SoldOut(order) : StockReserved(order);
  },
});

export const stock = defineService({
  ...ordering,
  steps: serviceSteps('stock', { 'reserve-stock': reserveStock }),
  stores: [bindStore(reservations), bindStore(pieces)],
  migrations: [],
  controllers: [],
  defaultPort: 3102,
});
