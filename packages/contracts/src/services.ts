import { servicesOf, usesPersonalData } from '@quadrille/choreography';
import { shop } from './shop.js';

interface ShopService {
  /** The default port on 127.0.0.1; `ORDER_PORT` and similar variables override it. */
  readonly port: number;
  /** A short description for lists. */
  readonly about: string;
  /** True for an external system: it has neither a database nor a topic of the shop. */
  readonly external?: true;
}

/**
 * Every process of the shop, in the order of the saga. The only list: ports, addresses, databases, compose file, Prometheus and
 * documents are derived from it or checked against it. The topics of each service follow from the table.
 */
export const services = {
  storefront: { port: 3000, about: 'open it in a browser: the shop, and every saga as it happens' },
  order: { port: 3001, about: 'POST /orders, GET /orders/:id' },
  payment: { port: 3002, about: 'accounts, payments, the ledger' },
  inventory: { port: 3003, about: 'catalogue, stock, reservations' },
  shipping: { port: 3004, about: 'shipments' },
  notification: { port: 3005, about: 'mail after an order has ended' },
  'payment-provider': { port: 3006, about: 'external card provider', external: true },
} as const satisfies Readonly<Record<string, ShopService>>;

/** Processes that run on request only: with `npm start -- --sign-in`, or in the compose profile of the same name. */
export const optionalServices = {
  'identity-provider': { port: 3007, about: 'OpenID Connect for demonstrations', external: true },
} as const satisfies Readonly<Record<string, ShopService>>;

export type ServiceName = keyof typeof services;
export type OptionalServiceName = keyof typeof optionalServices;
/** A service with rows in the table. */
export type SagaService = (typeof shop)[keyof typeof shop]['service'];

const listed: Readonly<Record<ServiceName, ShopService>> = services;

export const SERVICES = Object.keys(services) as ServiceName[];

/** The services with a database. */
export const WITH_DATABASE: readonly ServiceName[] = SERVICES.filter((name) => !listed[name].external);

/** The database of the keys of personal data; it belongs to no service. */
export const KEYS_DATABASE = 'personal-data';

/** The services that need the keys: they seal commands or open personal data. */
export const WITH_KEYS: readonly ServiceName[] = SERVICES.filter((name) => usesPersonalData(shop, name));

/** Every database: one per service with a database, and that of the keys. */
export const DATABASES: readonly string[] = [...WITH_DATABASE, KEYS_DATABASE];

/** The services with steps: they consume topics, and so may have dead letters. */
export const SAGA_SERVICES = SERVICES.filter((name) => servicesOf(shop).includes(name)) as SagaService[];

/** The services with an outbox. */
export const PUBLISHERS: readonly SagaService[] = SAGA_SERVICES.filter((name) =>
  Object.values(shop).some(({ service, emits }) => service === name && emits.length > 0),
);

/** The offset of the admin port from the port of a service, if admin endpoints are separate. */
const ADMIN_PORT_ABOVE = 1_000;

/** The default admin port of a service on 127.0.0.1; `ORDER_ADMIN_PORT` and similar variables override it. */
export const adminPortOf = (name: ServiceName): number => services[name].port + ADMIN_PORT_ABOVE;

type InCapitals<Name extends string> = Name extends `${infer Head}-${infer Rest}`
  ? `${Uppercase<Head>}_${InCapitals<Rest>}`
  : Uppercase<Name>;
/** `PAYMENT_PROVIDER_URL` */
export type VariableOf<
  Name extends ServiceName | OptionalServiceName | typeof KEYS_DATABASE,
  Suffix extends string,
> = `${InCapitals<Name>}_${Suffix}`;

/** The environment variable of a service: `variableOf('payment-provider', 'URL')` is `PAYMENT_PROVIDER_URL`. */
export const variableOf = <
  Name extends ServiceName | OptionalServiceName | typeof KEYS_DATABASE,
  Suffix extends string,
>(
  name: Name,
  suffix: Suffix,
) => `${name.toUpperCase().replaceAll('-', '_')}_${suffix}` as VariableOf<Name, Suffix>;
