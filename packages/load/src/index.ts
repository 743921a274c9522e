export { type Fired, fireOrders } from './fire.js';
export { inParallel } from './in-parallel.js';
export { mixed, ORDER_KINDS, type OrderKind, type People, PRODUCTS, SOLD_OUT } from './kinds.js';
export { type Answer, demandOk, type OrderBody, ShopClient, type ShopUrls } from './shop-client.js';
export { untilOffered } from './until-offered.js';
