import { SetMetadata } from '@nestjs/common';
import type { Listener } from '../http/admin-listener.js';

/**
 * The callers of a route: `public` all, without a token; `customer` any valid token, for its own customer's data, and operators;
 * `operator` a token with the scope {@link OPERATOR_SCOPE}.
 */
export type Access = 'public' | 'customer' | 'operator';

/** The scope of operators. */
export const OPERATOR_SCOPE = 'quadrille:operate';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The callers of the route. A route without it is for operators. */
    access?: Access;
  }
}

/** Sets the same as `RouteConfig` of `@nestjs/platform-fastify`: an application on Express does not have that package. */
const routeConfig = (config: { readonly access: Access; readonly listener?: Listener }) =>
  SetMetadata('__fastify_route_config__', config);

/** Route decorator of operations: served at the admin listener, if there is one. */
export const AdminRoute = () => routeConfig({ access: 'operator', listener: 'admin' });

/** Route decorator of probes: served at both listeners, because a probe tests its own listener. */
export const Probe = () => routeConfig({ access: 'public', listener: 'both' });

/** Route decorator: public, without a token. */
export const Public = () => routeConfig({ access: 'public' });

/**
 * Route decorator: any valid token may call it; the handler must restrict itself to the caller's own data
 * (`@CurrentPrincipal()`).
 */
export const Customer = () => routeConfig({ access: 'customer' });

/** Route decorator: requires the scope `quadrille:operate`. */
export const Operator = () => routeConfig({ access: 'operator' });
