export { demoToken } from './demo-token.js';
export { type Fired, fireOne, fireOrders, inParallel } from './fire.js';
export {
  endlessly,
  mixed,
  ORDER_KINDS,
  type OrderKind,
  oneTeapot,
  type People,
  PRODUCTS,
  SOLD_OUT,
  USUAL_SHARES,
} from './kinds.js';
export {
  type Load,
  type LoadCounts,
  type LoadListener,
  type LoadPlan,
  loadAtRate,
  MAX_UNANSWERED_ORDERS,
} from './load-at-rate.js';
export { PEOPLE } from './people.js';
export { type Answer, demandOk, type OrderBody, ShopClient, type ShopUrls } from './shop-client.js';
export { untilOffered } from './until-offered.js';
