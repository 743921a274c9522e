export { backoffice } from './backoffice.js';
export { checkout } from './checkout.js';
export {
  DepositFunds,
  ListProduct,
  MAX_REQUESTED_LINES,
  OrderRequest,
  PlaceOrder,
  ReceiveStock,
  RequestCancellation,
} from './commands.js';
export { COUNTRIES } from './countries.js';
export * from './events/inventory.js';
export * from './events/order.js';
export * from './events/payment.js';
export * from './events/shipping.js';
export { exampleOrder } from './examples.js';
export {
  Address,
  Amount,
  CURRENCIES,
  Currency,
  forward,
  Id,
  Item,
  Itinerary,
  MAX_LINE_QUANTITY,
  MAX_ORDER_LINES,
  PaymentChoice,
  Quantity,
  Sku,
  Undo,
} from './itinerary.js';
export { aggregate, part, type ShopSaid, shop, step } from './shop.js';
