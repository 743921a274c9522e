import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem, serve } from './http.js';

describe('the HTTP server of a lab process', () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve(0, async (path, body) => {
      if (path === '/fails') throw new Error('The database is away.');
      return path === '/echo' ? { status: 200, body } : problem(404, 'unknown-path', 'Unknown path.');
    });
  });
  afterAll(() => void server.close());

  const send = async (path: string, method: string, body?: string) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const response = await fetch(url, { method, ...(body !== undefined && { body }) });
    const json = (await response.json()) as { code?: string };
    return [response.status, response.headers.get('content-type'), json.code];
  };
  const PROBLEM = 'application/problem+json';

  it.each([
    ['malformed JSON', '/echo', 'POST', '{"orderId":', [400, PROBLEM, 'malformed-json']],
    ['another method', '/echo', 'PUT', '{}', [405, PROBLEM, 'method-not-allowed']],
    ['an unknown path', '/nonsense', 'POST', '{}', [404, PROBLEM, 'unknown-path']],
    ['a body of more than 4 MB', '/echo', 'POST', `"${'x'.repeat(4_000_000)}"`, [413, PROBLEM, 'too-large']],
    ['a request that fails', '/fails', 'POST', '{}', [500, PROBLEM, 'failed']],
  ])('answers %s with a problem', async (_, path, method, body, expected) => {
    expect(await send(path, method, body)).toEqual(expected);
  });

  it('is ready once it listens, and passes the body on', async () => {
    expect(await send('/health/ready', 'GET')).toEqual([200, 'application/json', undefined]);
    expect(await send('/echo', 'POST', '{"code":"same"}')).toEqual([200, 'application/json', 'same']);
  });
});
