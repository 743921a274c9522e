import { expect, it, jest } from '@jest/globals';
import type { Provider } from '@nestjs/common';
import { pino } from 'pino';
import { inventory } from '../../apps/inventory/src/inventory.js';
import { notification } from '../../apps/notification/src/notification.js';
import { order } from '../../apps/order/src/order.js';
import { payment } from '../../apps/payment/src/payment.js';
import { shipping } from '../../apps/shipping/src/shipping.js';
import { FrontDoor } from '../../apps/storefront/src/http/front-door.js';
import { storefront } from '../../apps/storefront/src/storefront.js';
import type { ServiceDefinition } from '../../packages/nest/src/definition.js';
import { makeApplication } from '../../packages/nest/src/http/application.js';
import { httpSettings } from '../../packages/nest/src/http/http-settings.fixture.js';
import type { ServiceProviders } from '../../packages/nest/src/service-module.js';

// Building the Nest applications of all services takes seconds on a busy machine.
jest.setTimeout(30_000);

const SERVICES = [
  order,
  payment,
  inventory,
  shipping,
  notification,
  storefront,
] as unknown as readonly ServiceDefinition<any, any>[];
const given = {
  log: pino({ level: 'silent' }),
  environment: { QUADRILLE_DEMO: true },
  controls: {},
} as unknown as ServiceProviders;

type Routes = [string, string | undefined][];
const found = new Map<ServiceDefinition<any, any>, Promise<Routes>>();

/** All routes of a service as `METHOD path` with their access rule, including those of demo mode. */
function routesOf(definition: ServiceDefinition<any, any>): Promise<Routes> {
  const routes = found.get(definition) ?? findRoutes(definition);
  found.set(definition, routes);
  return routes;
}

async function findRoutes(definition: ServiceDefinition<any, any>): Promise<Routes> {
  const routes: Routes = [];
  // The watchers of topics and services are not needed to list the routes.
  const providers = definition.providers?.map(
    (each): Provider => (each === FrontDoor ? each : { provide: each as never, useValue: {} }),
  );
  const app = await makeApplication({ ...definition, ...(providers && { providers }) }, httpSettings, given, {
    watchRequests(fastify) {
      fastify.addHook('onRoute', ({ method, url, config }) => {
        for (const each of [method].flat()) routes.push([`${each} ${url}`, config?.access]);
      });
    },
  });
  await app.getHttpAdapter().getInstance().ready();
  await app.close();
  return routes;
}

it.each(SERVICES.map((definition) => [definition.steps.service, definition] as const))(
  'every route of %s declares its access rule',
  async (_, definition) => {
    const routes = await routesOf(definition);
    expect(routes.length).toBeGreaterThan(10);
    expect(routes.flatMap(([route, access]) => (access === undefined ? [route] : []))).toEqual([]);
  },
);

/** It changes nothing but the caller's own cookies, whose token may have expired. */
const SIGN_OUT = 'POST /sign-out';

it('no route that changes state is public, except those that the gateway passes to the deciding service', async () => {
  const routes = (await Promise.all(SERVICES.map(routesOf))).flat();
  const open = routes.filter(([route, access]) => access === 'public' && !/^(GET|HEAD) /.test(route));
  expect(open.filter(([route]) => !/ \/api\//.test(route) && route !== SIGN_OUT)).toEqual([]);
});
