import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { gateway } from './gateway.js';

/** No process listens there: ports below 1024 are privileged. */
const NOWHERE = 'http://127.0.0.1:9';

const JSON_BODY = { 'content-type': 'application/json' };
const read = (answer: Response): Promise<any> => answer.json();

let service: FastifyInstance;
let forOperators: FastifyInstance;
const doors: FastifyInstance[] = [];
let door: string;
let demoDoor: string;

beforeAll(async () => {
  service = Fastify();
  service.all('/orders', async ({ method, url, headers, body }) => ({ method, url, headers, body }));
  service.get('/orders/:id', async (_, reply) =>
    reply.status(404).send({ type: 'urn:quadrille:problem:unknown-order' }),
  );
  service.get('/products/:sku', (_, reply) => {
    reply.raw.socket?.destroy();
  });
  const order = await service.listen({ port: 0, host: '127.0.0.1' });
  forOperators = Fastify();
  forOperators.put('/control/relay', async () => ({ paused: true }));
  forOperators.get('/dead-letters', async () => ({ deadLetters: [] }));
  const operators = await forOperators.listen({ port: 0, host: '127.0.0.1' });
  const open = async (demo: boolean) => {
    const fastify = Fastify();
    doors.push(fastify);
    await fastify.register(gateway, {
      ...{ urls: { order, payment: NOWHERE }, adminUrls: { order: operators }, demo },
      tokenOf: async ({ headers }) => {
        if (headers.cookie === 'issuer=away') throw new Error('The issuer is away.');
        return /^token=(.*)/.exec(headers.cookie ?? '')?.[1];
      },
    });
    return fastify.listen({ port: 0, host: '127.0.0.1' });
  };
  door = await open(false);
  demoDoor = await open(true);
});
afterAll(async () => {
  for (const each of doors) await each.close();
  await service?.close();
  await forOperators?.close();
});

describe('the gateway', () => {
  it('forwards request and body, and only the headers for a service', async () => {
    const answer = await fetch(`${door}/api/order/orders?limit=2`, {
      method: 'POST',
      headers: { ...JSON_BODY, 'idempotency-key': 'k', cookie: 'secret=1', authorization: 'Bearer x' },
      body: JSON.stringify({ items: [1] }),
    });
    const got = await read(answer);
    expect(got).toMatchObject({ method: 'POST', url: '/orders?limit=2', body: { items: [1] } });
    expect(got.headers['idempotency-key']).toBe('k');
    expect(got.headers.authorization).toBe('Bearer x');
    expect(got.headers.cookie).toBeUndefined();
  });

  it('forwards the token of the signed-in user, and during an outage of the issuer only reads', async () => {
    const ask = (method: string, cookie: string) => fetch(`${door}/api/order/orders`, { method, headers: { cookie } });
    expect((await read(await ask('POST', 'token=t'))).headers.authorization).toBe('Bearer t');
    expect((await read(await ask('GET', 'issuer=away'))).headers.authorization).toBeUndefined();
    expect((await ask('POST', 'issuer=away')).status).toBe(500);
  });

  it("returns the service's response, including refusals", async () => {
    const answer = await fetch(`${door}/api/order/orders/1`);
    expect([answer.status, (await read(answer)).type]).toEqual([404, 'urn:quadrille:problem:unknown-order']);
  });

  it("calls a service's operator address for dead letters", async () => {
    expect(await read(await fetch(`${door}/api/order/dead-letters`))).toEqual({ deadLetters: [] });
  });

  it('returns 404 for a route that is not allowed', async () => {
    for (const path of ['/order/metrics', '/order/orders/%2e%2e%2fmetrics/x', '/nobody/orders']) {
      expect((await fetch(`${door}/api${path}`)).status).toBe(404);
    }
    expect((await fetch(`${door}/api/order/orders`, { method: 'PUT' })).status).toBe(404);
  });

  it('allows demonstration routes in demonstrations only', async () => {
    const relay = { method: 'PUT', headers: JSON_BODY, body: JSON.stringify({ paused: true }) };
    expect((await fetch(`${door}/api/order/control/relay`, relay)).status).toBe(404);
    expect(await read(await fetch(`${demoDoor}/api/order/control/relay`, relay))).toEqual({ paused: true });
  });

  it.each([
    ['/payment/accounts/1', 503, 'payment'],
    ['/order/products/A', 502, 'order'],
    ['/shipping/carrier/countries', 501, 'shipping'],
  ])('answers %s with %i and the name of the unavailable service', async (path, status, away) => {
    const answer = await fetch(`${door}/api${path}`);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await read(answer)).toMatchObject({ status, service: away });
  });
});
