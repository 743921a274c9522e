import { variableOf } from '@quadrille/contracts';
import type { StorefrontEnvironment } from '../environment.js';
import { BEHIND_THE_GATEWAY, type ServiceBehind } from './routes.js';

/** The address of each service; undefined if it is not configured. */
export const serviceUrls = (env: StorefrontEnvironment) =>
  Object.fromEntries(BEHIND_THE_GATEWAY.map((service) => [service, env[variableOf(service, 'URL')]])) as Record<
    ServiceBehind,
    string | undefined
  >;

/** The operator address of each service. */
export const adminUrls = (env: StorefrontEnvironment) => {
  const urls = serviceUrls(env);
  return Object.fromEntries(
    BEHIND_THE_GATEWAY.map((name) => [name, env[variableOf(name, 'ADMIN_URL')] ?? urls[name]]),
  ) as typeof urls;
};
