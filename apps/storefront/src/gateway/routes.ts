import { SERVICES, type ServiceName } from '@quadrille/contracts';

export type ServiceBehind = Exclude<ServiceName, 'storefront'>;
/** Services whose API browsers reach through the storefront: all others. */
export const BEHIND_THE_GATEWAY = SERVICES.filter((name): name is ServiceBehind => name !== 'storefront');

/** One allowed request: `/api/<service><path>` is forwarded as `<path>` of the service. */
export interface Allowed {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** In Fastify's format, parameters with a colon. */
  readonly path: string;
  /** Only with QUADRILLE_DEMO=1. */
  readonly demo?: true;
  /** Forwarded to the service's operator address. */
  readonly admin?: true;
}

const get = (path: string): Allowed => ({ method: 'GET', path });
const post = (path: string): Allowed => ({ method: 'POST', path });
const demo = (method: Allowed['method'], path: string): Allowed => ({ method, path, demo: true });

const admin = (allowed: Allowed): Allowed => ({ ...allowed, admin: true });

/** Routes of every service. */
const OF_EACH = [
  get('/health/ready'),
  get('/openapi.json'),
  admin(get('/dead-letters')),
  admin(get('/dead-letters/:id')),
  admin(post('/dead-letters/:id/redrive')),
  admin(post('/dead-letters/:id/discard')),
  admin(demo('PUT', '/control/paused-topics')),
  admin(demo('PUT', '/control/relay')),
];

/** All forwarded requests. Other routes do not exist for browsers. */
export const ALLOWED: Readonly<Record<ServiceBehind, readonly Allowed[]>> = {
  order: [
    ...OF_EACH,
    post('/orders'),
    get('/orders'),
    get('/orders/:id'),
    get('/orders/:id/history'),
    post('/orders/:id/cancellation'),
    get('/products/:sku'),
  ],
  payment: [...OF_EACH, get('/accounts/:customerId'), get('/payments/:orderId'), get('/ledger/trial-balance')],
  inventory: [
    ...OF_EACH,
    get('/catalogue'),
    get('/catalogue/:sku'),
    get('/stock'),
    get('/stock/:sku'),
    get('/reservations/:orderId'),
    demo('POST', '/stock/:sku/receipts'),
  ],
  shipping: [...OF_EACH, get('/shipments/:orderId'), get('/carrier/countries')],
  notification: [...OF_EACH, get('/notifications'), get('/notifications/:orderId')],
  'payment-provider': [get('/health/ready'), get('/openapi.json')],
};
