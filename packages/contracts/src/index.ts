export { backoffice } from './backoffice.js';
export { checkout, naming } from './checkout.js';
export {
  DepositFunds,
  GUEST_PAYS_BY_CARD,
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
  CompensationDetails,
  CURRENCIES,
  Currency,
  Id,
  Item,
  MAX_LINE_QUANTITY,
  MAX_ORDER_LINES,
  OrderDetails,
  orderDetailsOf,
  PaymentChoice,
  Quantity,
  Sku,
  subjectOf,
} from './order-details.js';
export {
  adminPortOf,
  DATABASES,
  KEYS_DATABASE,
  type OptionalServiceName,
  optionalServices,
  PUBLISHERS,
  SAGA_SERVICES,
  type SagaService,
  SERVICES,
  type ServiceName,
  services,
  type VariableOf,
  variableOf,
  WITH_DATABASE,
  WITH_KEYS,
} from './services.js';
export { aggregate, type ShopEvent, serviceSteps, shop, step } from './shop.js';
