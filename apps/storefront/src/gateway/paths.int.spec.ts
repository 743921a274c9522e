import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { gateway } from './gateway.js';
import { ALLOWED } from './routes.js';

/** Parts of paths, and texts that are mistaken for them. */
const PIECES = [
  ...[
    '/',
    '//',
    '\\',
    '%2f',
    '%2F',
    '%5c',
    '%5C',
    '%252f',
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '%252e',
    ';',
    '%3b',
    '?',
    '%3f',
    '&',
  ],
  ...['%00', '%0d%0a', '%', '%zz', '%c3%a9', '%ff', '@', ':', 'x', '7', '~', '+', '*', '|', '^', '`', '{'],
  ...[
    'orders',
    'history',
    'dead-letters',
    'redrive',
    'products',
    'health',
    'ready',
    'metrics',
    'outbox-dead-letters',
    'unsendable',
    'control',
  ],
];
const JSON_BODY = { 'content-type': 'application/json', 'content-length': '2' };

let service: FastifyInstance;
let door: FastifyInstance;
let address: URL;
/** The requests that reached the service. */
let reached: { method: string; url: string }[];

beforeAll(async () => {
  service = Fastify();
  service.addHook('onRequest', async ({ method, url }, reply) => {
    reached.push({ method, url });
    return reply.send({});
  });
  const order = await service.listen({ port: 0, host: '127.0.0.1' });
  door = Fastify();
  await door.register(gateway, { urls: { order }, adminUrls: { order }, demo: false, tokenOf: async () => undefined });
  address = new URL(await door.listen({ port: 0, host: '127.0.0.1' }));
});
afterAll(async () => {
  await door?.close();
  await service?.close();
});
beforeEach(() => {
  reached = [];
});

/** Sends a path unchanged, which `fetch` would normalise; returns the status. */
const send = (method: string, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = address;
    const sent = request({ hostname, port, method, path, headers: method === 'GET' ? {} : JSON_BODY }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode!));
    });
    sent.on('error', reject).end(method === 'GET' ? undefined : '{}');
  });

/** Whether a server that resolves dots and backslashes, as URLs do, would find an allowed route. */
function isAllowed({ method, url }: { method: string; url: string }): boolean {
  const { pathname } = new URL(url, 'http://service');
  if (pathname !== url.split('?', 1)[0]) return false;
  const segments = pathname.split('/');
  return ALLOWED.order.some((allowed) => {
    const parts = allowed.path.split('/');
    if (allowed.demo || allowed.method !== method || parts.length !== segments.length) return false;
    return parts.every((part, at) => (part.startsWith(':') ? segments[at] !== '' : segments[at] === part));
  });
}

describe('a path through the gateway', () => {
  it.each([
    String.raw`/orders/x\..\..\unsendable`,
    '/orders/x%5c..%5c..%5cunsendable',
    '/orders/..%5cmetrics',
    '/orders/%2e%2e',
    '/orders/%2E',
    '/orders/..',
    '/orders/x%2f..%2f..%2fmetrics',
    '/dead-letters/%2e%2e/redrive',
    '//metrics',
    '/orders//history',
    '/orders/;/../../metrics',
  ])('leads no further than the list allows: %s', async (path) => {
    for (const method of ['GET', 'POST'] as const) await send(method, `/api/order${path}`);
    expect(reached.filter((each) => !isAllowed(each))).toEqual([]);
  });

  it('reaches the service unchanged, for any parameters', async () => {
    expect(await send('GET', '/api/order/products/A%2FB%5CC%20%C3%A9;d?x=../y')).toBe(200);
    expect(reached).toEqual([{ method: 'GET', url: '/products/A%2FB%5CC%20%C3%A9%3Bd?x=../y' }]);
  });

  it.each(['/orders/%2e%2e~', '/dead-letters/x%2e%2e/redrive'])(
    'is rejected if it only looks like a parent path: %s',
    async (path) => {
      const statuses = [await send('GET', `/api/order${path}`), await send('POST', `/api/order${path}`)];
      expect(statuses).toEqual([404, 404]);
      expect(reached).toEqual([]);
    },
  );

  it('leads only to routes of the list, for any input', async () => {
    const piece = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PIECES) }, fc.webSegment());
    // Most begin with the beginning of a route, so that they reach its parameters.
    const path = fc
      .tuple(
        fc.constantFrom('', '/orders/', '/orders/x', '/dead-letters/', '/products/x'),
        fc.array(piece, { maxLength: 6 }),
      )
      .map(([beginning, pieces]) => beginning + pieces.join(''));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'), path, async (method, sent) => {
        reached = [];
        const status = await send(method, `/api/order${sent}`);
        expect(status).toBeLessThan(500);
        expect(reached.filter((each) => !isAllowed(each))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  }, 60_000);
});
