import { variableOf } from '@quadrille/contracts';
import type { StorefrontEnvironment } from '../environment.js';
import { BEHIND_THE_GATEWAY, type ServiceBehind } from './routes.js';

/** Where each service is; undefined where nobody said. */
export const serviceUrls = (env: StorefrontEnvironment) =>
  Object.fromEntries(BEHIND_THE_GATEWAY.map((service) => [service, env[variableOf(service, 'URL')]])) as Record<
    ServiceBehind,
    string | undefined
  >;
