import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeadLetters } from '@quadrille/runtime';
import { pino } from 'pino';
import type { ServiceDefinition } from '../definition.js';
import { Public } from '../identity/access.js';
import type { ServiceProviders } from '../service-module.js';
import { AdminListener } from './admin-listener.js';
import { makeApplication } from './application.js';
import { httpSettings } from './http-settings.fixture.js';

@Controller('orders')
class Orders {
  @Public()
  @Get()
  list() {
    return [];
  }
}

const definition = { steps: { service: 'order', steps: [] }, controllers: [Orders] } as unknown as ServiceDefinition<
  any,
  any
>;
const given = {
  log: pino({ level: 'silent' }),
  environment: {},
  health: { ready: async () => ({ ok: true, parts: {} }) },
  workload: { now: async () => ({}) },
  deadLetters: { list: async () => ({ rows: [], next: null }) } as unknown as DeadLetters,
} as unknown as ServiceProviders;

let app: NestFastifyApplication;
let admin: AdminListener | undefined;
afterEach(async () => {
  await admin?.close();
  admin = undefined;
  await app.close();
});

async function open() {
  app = await makeApplication(definition, httpSettings, given, {
    admin,
    watchRequests(fastify) {
      fastify.addHook('onRequest', async ({ url }, reply) =>
        url.endsWith('?page') ? reply.send('<html>') : undefined,
      );
      fastify.get('/metrics', { config: { access: 'public', listener: 'admin' } }, async () => ({}));
    },
  });
  await app.listen(0, '127.0.0.1');
  const port = await admin?.listen(0, '127.0.0.1').then((address) => address.port);
  const status = (url: string) => async (path: string) => (await fetch(`${url}${path}`)).status;
  return { port: port!, atFirst: status(await app.getUrl()), atAdmin: status(`http://127.0.0.1:${port}`) };
}

const OF_OPERATORS = ['/metrics', '/workload', '/dead-letters'];

describe('the routes of operators', () => {
  it('are served by their own listener and no other', async () => {
    admin = new AdminListener();
    const { atFirst, atAdmin } = await open();
    for (const path of OF_OPERATORS) expect([path, await atFirst(path), await atAdmin(path)]).toEqual([path, 404, 200]);
    for (const path of ['/orders', '/openapi.json']) {
      expect([path, await atFirst(path), await atAdmin(path)]).toEqual([path, 200, 404]);
    }
    expect([await atFirst('/health/ready'), await atAdmin('/health/ready')]).toEqual([200, 200]);
    expect([await atFirst('/nothing'), await atAdmin('/nothing')]).toEqual([404, 404]);
  });

  it('leave their address at the first listener to pages', async () => {
    admin = new AdminListener();
    const { atFirst } = await open();
    expect([await atFirst('/dead-letters?page'), await atFirst('/dead-letters')]).toEqual([200, 404]);
  });

  it('are served by the only listener if there is one', async () => {
    const { atFirst } = await open();
    for (const path of [...OF_OPERATORS, '/orders', '/health/ready']) expect(await atFirst(path)).toBe(200);
  });

  it('reject input that is no HTTP request, like the others', async () => {
    admin = new AdminListener();
    const { port } = await open();
    const answer = await new Promise<string>((resolve, reject) => {
      let read = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      socket.on('data', (chunk) => {
        read += chunk;
      });
      socket.on('error', reject).on('close', () => resolve(read));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*malformed-request/s);
  });
});
