import { choreography, command, deadline, type TopicNaming, topicPerEvent } from '@quadrille/choreography';
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
import { subjectOf } from './order-details.js';

/**
 * The names of groups and topics. Every event of a saga that completes has its own topic, so that it wakes up only services that handle
 * it; all others share the topic of their service, because they are rare.
 */
export const naming = {
  system: 'quadrille',
  topics: {
    events: topicPerEvent([
      ...[OrderCreated, PaymentAuthorized, InventoryReserved, ShipmentCreated, PaymentCaptured, OrderCompleted],
      ...[InventoryCommitted, ShipmentDispatched],
    ]),
  },
} satisfies TopicNaming;

/**
 * The whole saga. Forward: from place-order to complete-order. Any failure or interrupt starts the compensation, a chain in reverse order
 * that ends with cancel-order. Follow-up steps run after the ending and do not affect it.
 */
export const checkout = choreography({
  ...naming,
  endings: { COMPLETED: OrderCompleted, CANCELLED: OrderCancelled },
  rows: {
    'place-order': {
      service: 'order',
      handles: command('POST /orders', PlaceOrder, { subject: subjectOf }),
      emits: [OrderCreated],
    },
    'authorize-payment': {
      service: 'payment',
      handles: [OrderCreated],
      emits: [PaymentAuthorized, PaymentFailed],
    },
    'reserve-inventory': {
      service: 'inventory',
      handles: [PaymentAuthorized],
      emits: [InventoryReserved, InventoryReservationFailed],
    },
    'create-shipment': {
      service: 'shipping',
      handles: [InventoryReserved],
      emits: [ShipmentCreated, ShipmentFailed],
      opensPersonalData: true,
    },
    'capture-payment': {
      service: 'payment',
      handles: [ShipmentCreated],
      emits: [PaymentCaptured, PaymentCaptureFailed],
    },
    'complete-order': {
      service: 'order',
      handles: [PaymentCaptured],
      emits: [OrderCompleted],
    },

    'cancel-shipment': {
      service: 'shipping',
      handles: [PaymentCaptureFailed, OrderCancellationRequested],
      emits: [ShipmentCancelled],
      compensates: { 'create-shipment': ShipmentCancelled },
    },
    'release-inventory': {
      service: 'inventory',
      handles: [ShipmentFailed, ShipmentCancelled],
      emits: [InventoryReleased],
      compensates: { 'reserve-inventory': InventoryReleased },
    },
    'return-payment': {
      service: 'payment',
      handles: [InventoryReservationFailed, InventoryReleased],
      emits: [PaymentVoided, PaymentRefunded],
      compensates: { 'authorize-payment': PaymentVoided, 'capture-payment': PaymentRefunded },
    },
    'cancel-order': {
      service: 'order',
      handles: [PaymentFailed, PaymentVoided, PaymentRefunded],
      emits: [OrderCancelled],
      compensates: { 'place-order': OrderCancelled },
    },

    'request-cancellation': {
      service: 'order',
      handles: command('POST /orders/:id/cancellation', RequestCancellation),
      emits: [OrderCancellationRequested],
      role: 'interrupt',
    },
    'give-up': {
      service: 'order',
      handles: deadline("the order's deadline", {
        startedBy: OrderCreated,
        extendedBy: [PaymentAuthorized, InventoryReserved, ShipmentCreated],
        stoppedBy: [OrderCancellationRequested, OrderCompleted, OrderCancelled],
      }),
      emits: [OrderCancellationRequested],
      role: 'interrupt',
    },

    'commit-inventory': {
      service: 'inventory',
      handles: [OrderCompleted],
      emits: [InventoryCommitted],
      role: 'follow-up',
    },
    'dispatch-shipment': {
      service: 'shipping',
      handles: [OrderCompleted],
      emits: [ShipmentDispatched],
      role: 'follow-up',
    },
    'notify-customer': {
      service: 'notification',
      handles: [OrderCompleted, OrderCancelled],
      emits: [],
      opensPersonalData: true,
      role: 'follow-up',
    },
  },
});
