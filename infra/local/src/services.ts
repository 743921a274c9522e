/** The processes of the system, in the order people think of them. */
export const SERVICES = [
  'storefront',
  'order',
  'payment',
  'inventory',
  'shipping',
  'notification',
  'payment-provider',
] as const;

export type ServiceName = (typeof SERVICES)[number];

/** Where each listens unless `ORDER_PORT` and the like say otherwise. */
export const DEFAULT_PORTS: Readonly<Record<ServiceName, number>> = {
  storefront: 3000,
  order: 3001,
  payment: 3002,
  inventory: 3003,
  shipping: 3004,
  notification: 3005,
  'payment-provider': 3006,
};

/** The services that keep a database; the payment provider is the outside world and keeps its own journal. */
export const WITH_DATABASE: readonly ServiceName[] = SERVICES.filter((name) => name !== 'payment-provider');

/** `PAYMENT_PROVIDER_PORT` */
export const portVariable = (name: ServiceName): string => `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
