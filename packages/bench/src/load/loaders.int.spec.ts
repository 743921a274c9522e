import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CUSTOMERS, closedLoop } from './closed-loop.js';
import { openLoop } from './open-loop.js';
import { mixedOrder } from './order-requests.js';
import { cancel, place } from './place.js';

let server: Server;
let url: string;
let seen: { path: string; body: any; port: number | undefined }[] = [];
/** The status of the next answer. */
let answer: (path: string, at: number) => number = () => 202;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (bytes) => {
      text += bytes;
    });
    request.on('end', () => {
      const at = seen.push({ path: request.url!, body: JSON.parse(text), port: request.socket.remotePort }) - 1;
      const body = JSON.stringify({ orderId: `order-${at}` });
      response.writeHead(answer(request.url!, at), { 'content-length': Buffer.byteLength(body) }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('the loader', () => {
  it('places the requested number of orders and returns their ids in order', async () => {
    seen = [];
    const ids = await place(url, 500, mixedOrder);
    expect(new Set(ids).size).toBe(500);
    const byId = new Map(seen.map(({ body }, at) => [`order-${at}`, body]));
    expect(byId.get(ids[123]!)).toEqual(mixedOrder(123));
  });

  it('reports the first refused order', async () => {
    answer = (_, at) => (at === 3 ? 422 : 202);
    seen = [];
    await expect(place(url, 10, mixedOrder)).rejects.toThrow('got status 422');
    answer = () => 202;
  });

  it('counts the cancellations that are in time', async () => {
    answer = (path) => (path.includes('late') ? 409 : 202);
    expect(await cancel(url, ['early', 'late', 'early'])).toBe(2);
    answer = () => 202;
  });

  it('uses all its connections in turn at a low rate, because a server closes unused ones', async () => {
    seen = [];
    await openLoop(url, 400, 64 / 400);
    expect(seen).toHaveLength(64);
    expect(new Set(seen.map(({ port }) => port)).size).toBe(32);
  });

  it('orders for the given time and counts the answers within it', async () => {
    const seconds = 3;
    seen = [];
    const taken = await closedLoop(url, seconds);
    expect(taken.accepted).toBeGreaterThan(CUSTOMERS);
    expect(taken.perSecond).toBeCloseTo(taken.accepted / seconds, 5);
    expect(taken.latencies).toHaveLength(taken.accepted);
    expect(taken.answered).toBe(seen.length);
  });

  it('orders at a fixed rate, each at its due time', async () => {
    const before = Date.now();
    const due = await openLoop(url, 100, 0.5);
    expect(due).toHaveLength(50);
    expect(due[0]!.dueAt).toBeGreaterThanOrEqual(before);
    expect(due[49]!.dueAt - due[0]!.dueAt).toBeCloseTo(490, 3);
    expect(Date.now() - before).toBeGreaterThanOrEqual(480);
  });

  it('fails if no server listens', async () => {
    await expect(place('http://127.0.0.1:1', 1, mixedOrder)).rejects.toThrow('ECONNREFUSED');
  });
});
