import { SetMetadata } from '@nestjs/common';
import type { Listener } from '../http/admin-listener.js';

/**
 * Who may call a route: `public` everybody, without a token; `customer` whoever has one, for what is their own, and operators;
 * `operator` who has the scope {@link OPERATOR_SCOPE}.
 */
export type Access = 'public' | 'customer' | 'operator';

/** The scope of those who run the system. */
export const OPERATOR_SCOPE = 'quadrille:operate';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route. One that does not say is for operators. */
    access?: Access;
  }
}

/** What `RouteConfig` of `@nestjs/platform-fastify` sets: that package is not there in an application on Express. */
const routeConfig = (config: { readonly access: Access; readonly listener?: Listener }) =>
  SetMetadata('__fastify_route_config__', config);

/** Route decorator of what those need who run a service: answered at the admin listener, where there is one. */
export const AdminRoute = () => routeConfig({ access: 'operator', listener: 'admin' });

/** Route decorator of probes: they look whether the listener answers that they ask. */
export const Probe = () => routeConfig({ access: 'public', listener: 'both' });

/** Route decorator: everybody may call it, without a token. */
export const Public = () => routeConfig({ access: 'public' });

/** Route decorator: whoever has a token may call it; it must keep to what is the caller's own (`@CurrentPrincipal()`). */
export const Customer = () => routeConfig({ access: 'customer' });

/** Route decorator: only who has the scope `quadrille:operate` may call it. */
export const Operator = () => routeConfig({ access: 'operator' });
