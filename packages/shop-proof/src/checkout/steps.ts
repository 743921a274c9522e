import type { ServiceSteps } from '@quadrille/choreography';
import { serviceSteps } from '@quadrille/contracts';
import { commitInventory } from '@quadrille/inventory/steps/commit-inventory';
import { listProduct } from '@quadrille/inventory/steps/list-product';
import { receiveStock } from '@quadrille/inventory/steps/receive-stock';
import { releaseInventory } from '@quadrille/inventory/steps/release-inventory';
import { reserveInventory } from '@quadrille/inventory/steps/reserve-inventory';
import { cancelOrder } from '@quadrille/order/steps/cancel-order';
import { completeOrder } from '@quadrille/order/steps/complete-order';
import { expireOrder } from '@quadrille/order/steps/give-up';
import { placeOrder } from '@quadrille/order/steps/place-order';
import { requestCancellation } from '@quadrille/order/steps/request-cancellation';
import { saveProduct } from '@quadrille/order/steps/save-product';
import { authorizePayment } from '@quadrille/payment/steps/authorize-payment';
import { capturePayment } from '@quadrille/payment/steps/capture-payment';
import { depositFunds } from '@quadrille/payment/steps/deposit-funds';
import { returnPayment } from '@quadrille/payment/steps/return-payment';
import { cancelShipment } from '@quadrille/shipping/steps/cancel-shipment';
import { createShipment } from '@quadrille/shipping/steps/create-shipment';
import { dispatchShipment } from '@quadrille/shipping/steps/dispatch-shipment';

/** The steps of the four services that take part in an order's ending: the same values that production runs. */
export const checkoutParts: readonly ServiceSteps[] = [
  serviceSteps('order', {
    'place-order': placeOrder,
    'complete-order': completeOrder,
    'cancel-order': cancelOrder,
    'request-cancellation': requestCancellation,
    'give-up': expireOrder,
    'save-product': saveProduct,
  }),
  serviceSteps('payment', {
    'authorize-payment': authorizePayment,
    'capture-payment': capturePayment,
    'return-payment': returnPayment,
    'deposit-funds': depositFunds,
  }),
  serviceSteps('inventory', {
    'reserve-inventory': reserveInventory,
    'release-inventory': releaseInventory,
    'commit-inventory': commitInventory,
    'list-product': listProduct,
    'receive-stock': receiveStock,
  }),
  serviceSteps('shipping', {
    'create-shipment': createShipment,
    'cancel-shipment': cancelShipment,
    'dispatch-shipment': dispatchShipment,
  }),
];
