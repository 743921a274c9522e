import { choreography, clock, command } from '@quadrille/choreography';
import { PlaceOrder, RequestCancellation } from './commands.js';
import {
  InventoryCommitted,
  InventoryReleased,
  InventoryReservationFailed,
  InventoryReserved,
} from './events/inventory.js';
import { OrderCancellationRequested, OrderCancelled, OrderCompleted, OrderCreated } from './events/order.js';
import {
  PaymentAuthorized,
  PaymentCaptured,
  PaymentCaptureFailed,
  PaymentFailed,
  PaymentRefunded,
  PaymentVoided,
} from './events/payment.js';
import { ShipmentCancelled, ShipmentCreated, ShipmentDispatched, ShipmentFailed } from './events/shipping.js';

/**
 * The whole saga. Forward from place-order to complete-order; any failure or interrupt undoes in reverse order,
 * as a chain, down to cancel-order; what comes afterwards takes no part in the ending.
 */
export const checkout = choreography({
  system: 'quadrille',
  endings: { COMPLETED: OrderCompleted, CANCELLED: OrderCancelled },
  rows: {
    'place-order': {
      by: 'order',
      hears: command('POST /orders', PlaceOrder),
      says: [OrderCreated],
    },
    'authorize-payment': {
      by: 'payment',
      hears: [OrderCreated],
      says: [PaymentAuthorized, PaymentFailed],
    },
    'reserve-inventory': {
      by: 'inventory',
      hears: [PaymentAuthorized],
      says: [InventoryReserved, InventoryReservationFailed],
    },
    'create-shipment': {
      by: 'shipping',
      hears: [InventoryReserved],
      says: [ShipmentCreated, ShipmentFailed],
    },
    'capture-payment': {
      by: 'payment',
      hears: [ShipmentCreated],
      says: [PaymentCaptured, PaymentCaptureFailed],
    },
    'complete-order': {
      by: 'order',
      hears: [PaymentCaptured],
      says: [OrderCompleted],
    },

    'cancel-shipment': {
      by: 'shipping',
      hears: [PaymentCaptureFailed, OrderCancellationRequested],
      says: [ShipmentCancelled],
      undoes: { 'create-shipment': ShipmentCancelled },
    },
    'release-inventory': {
      by: 'inventory',
      hears: [ShipmentFailed, ShipmentCancelled],
      says: [InventoryReleased],
      undoes: { 'reserve-inventory': InventoryReleased },
    },
    'return-payment': {
      by: 'payment',
      hears: [InventoryReservationFailed, InventoryReleased],
      says: [PaymentVoided, PaymentRefunded],
      undoes: { 'authorize-payment': PaymentVoided, 'capture-payment': PaymentRefunded },
    },
    'cancel-order': {
      by: 'order',
      hears: [PaymentFailed, PaymentVoided, PaymentRefunded],
      says: [OrderCancelled],
      undoes: { 'place-order': OrderCancelled },
    },

    'request-cancellation': {
      by: 'order',
      hears: command('POST /orders/:id/cancellation', RequestCancellation),
      says: [OrderCancellationRequested],
      role: 'interrupt',
    },
    'give-up': {
      by: 'order',
      hears: clock("the order's deadline", {
        startedBy: OrderCreated,
        extendedBy: [PaymentAuthorized, InventoryReserved, ShipmentCreated],
        stoppedBy: [OrderCancellationRequested, OrderCompleted, OrderCancelled],
      }),
      says: [OrderCancellationRequested],
      role: 'interrupt',
    },

    'commit-inventory': {
      by: 'inventory',
      hears: [OrderCompleted],
      says: [InventoryCommitted],
      role: 'afterwards',
    },
    'dispatch-shipment': {
      by: 'shipping',
      hears: [OrderCompleted],
      says: [ShipmentDispatched],
      role: 'afterwards',
    },
    'notify-customer': {
      by: 'notification',
      hears: [OrderCompleted, OrderCancelled],
      says: [],
      role: 'afterwards',
    },
  },
});
