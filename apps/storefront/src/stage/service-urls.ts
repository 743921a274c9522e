import type { StorefrontEnvironment } from '../environment.js';
import { BEHIND_THE_GATEWAY, urlVariable } from '../gateway/routes.js';

/** Where each service is; undefined where nobody said. */
export const serviceUrls = (env: StorefrontEnvironment): Record<string, string | undefined> =>
  Object.fromEntries(
    BEHIND_THE_GATEWAY.map((service) => [
      service,
      (env as Readonly<Record<string, unknown>>)[urlVariable(service)] as string | undefined,
    ]),
  );
