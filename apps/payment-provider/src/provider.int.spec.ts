import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readEnvironment } from './environment.js';
import { type Provider, startProvider } from './provider.js';

let folder: string;
let provider: Provider | undefined;

const start = async (env: NodeJS.ProcessEnv = {}): Promise<Provider> => {
  const read = readEnvironment({ PORT: '0', PROVIDER_DATA_DIR: folder, ...env });
  provider = await startProvider(read, (error) => {
    throw error;
  });
  return provider;
};

const send = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${provider!.url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: (await response.json()) as any };
};

const wanted = (reference: string) => ({ reference, amount: 5_900, currency: 'GBP' });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provider-'));
});

afterEach(async () => {
  await provider?.stop();
  provider = undefined;
  rmSync(folder, { recursive: true });
});

describe('the payment provider', () => {
  it('charges a reference once, however often the request is repeated', async () => {
    await start();
    const first = await send('POST', '/authorizations', wanted('a'));
    const again = await send('POST', '/authorizations', wanted('a'));
    expect(first).toEqual({
      status: 200,
      body: { reference: 'a', status: 'authorized', authorization: expect.any(String) },
    });
    expect(again).toEqual(first);
    for (let nth = 0; nth < 3; nth++) {
      expect((await send('POST', '/captures', { reference: 'a' })).body).toMatchObject({
        status: 'captured',
        amount: 5_900,
      });
    }
    const { body } = await send('GET', '/charges/a');
    expect(body).toMatchObject({ status: 'captured', authorized: 5_900, captured: 5_900, held: 0, net: 5_900 });
    expect(body.calls).toEqual({ authorize: 2, capture: 3, reverse: 0 });
  });

  it('returns the same answer to a hundred concurrent calls for one reference', async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 100 }, () => send('POST', '/authorizations', wanted('a'))));
    expect(new Set(answers.map(({ body }) => body.authorization)).size).toBe(1);
  });

  it('gives the same answers after a restart, including a reversal that came first', async () => {
    await start();
    const { body: promised } = await send('POST', '/authorizations', wanted('a'));
    await send('POST', '/reversals', { reference: 'b' });
    await provider!.stop();

    await start();
    expect((await send('POST', '/authorizations', wanted('a'))).body).toEqual(promised);
    expect((await send('POST', '/authorizations', wanted('b'))).body).toEqual({ reference: 'b', status: 'reversed' });
    expect((await send('POST', '/captures', { reference: 'b' })).body.status).toBe('reversed');
  });

  it('persists its answers, and drops a partial line that a crash left', async () => {
    await start();
    await send('POST', '/authorizations', wanted('a'));
    const journal = join(folder, 'charges.jsonl');
    expect(JSON.parse(readFileSync(journal, 'utf8').trim())).toMatchObject({ reference: 'a', status: 'authorized' });
    await provider!.stop();
    appendFileSync(journal, '{"reference":"b","sta');

    await start();
    await send('POST', '/captures', { reference: 'a' });
    expect((await send('GET', '/charges/b')).status).toBe(404);
    await provider!.stop();

    await start();
    expect((await send('GET', '/charges/a')).body.status).toBe('captured');
  });

  it('reports where a journal is corrupt instead of dropping charges', async () => {
    writeFileSync(join(folder, 'charges.jsonl'), 'garbage\n');
    await expect(start()).rejects.toThrow('charges.jsonl:1');
  });

  it('distinguishes held, captured and refunded money', async () => {
    await start();
    await send('POST', '/authorizations', wanted('held'));
    await send('POST', '/authorizations', wanted('taken'));
    await send('POST', '/captures', { reference: 'taken' });
    expect((await send('POST', '/reversals', { reference: 'held' })).body).toMatchObject({
      released: 5_900,
      refunded: 0,
    });
    expect((await send('POST', '/reversals', { reference: 'taken' })).body).toMatchObject({
      released: 0,
      refunded: 5_900,
    });
    expect((await send('POST', '/reversals', { reference: 'taken' })).body).toMatchObject({
      released: 0,
      refunded: 5_900,
    });
  });

  it('lists every charge once, page by page', async () => {
    await start();
    for (const reference of ['a', 'b', 'c']) await send('POST', '/reversals', { reference });
    const { body: first } = await send('GET', '/charges?limit=2');
    const { body: second } = await send('GET', `/charges?limit=2&cursor=${first.next}`);
    expect([...first.charges, ...second.charges].map(({ reference }) => reference)).toEqual(['a', 'b', 'c']);
    expect(second.next).toBeNull();
  });

  it('declines every new hold while `declines` is set, and preserves earlier answers', async () => {
    await start({ QUADRILLE_DEMO: '1' });
    await send('POST', '/authorizations', wanted('before'));
    await send('PUT', '/faults', { declines: true });
    expect((await send('POST', '/authorizations', wanted('a'))).body).toMatchObject({
      status: 'declined',
      reason: 'card-declined',
    });
    expect((await send('POST', '/authorizations', wanted('before'))).body.status).toBe('authorized');
    await send('PUT', '/faults', {});
    expect((await send('POST', '/authorizations', wanted('a'))).body.status).toBe('declined');
    expect((await send('POST', '/authorizations', wanted('b'))).body.status).toBe('authorized');
  });

  it('rejects a reference that is used for another amount, and malformed bodies', async () => {
    await start();
    await send('POST', '/authorizations', wanted('a'));
    expect((await send('POST', '/authorizations', { ...wanted('a'), amount: 1 })).status).toBe(409);
    expect((await send('POST', '/authorizations', { ...wanted('b'), amount: -1 })).status).toBe(422);
    expect((await send('POST', '/captures', {})).status).toBe(400);
  });

  it('responds with a problem that points to the field, like the services', async () => {
    await start();
    const answer = await fetch(`${provider!.url}/captures`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"reference": 7}',
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({
      type: 'urn:quadrille:problem:malformed-request',
      errors: [{ pointer: '/reference' }],
    });
    expect((await send('GET', '/charges/never')).body.type).toBe('urn:quadrille:problem:unknown-reference');
  });

  it('serves its API description as JSON and as a page', async () => {
    await start();
    const { body } = await send('GET', '/openapi.json');
    expect(Object.keys(body.paths)).toEqual([
      '/authorizations',
      '/captures',
      '/reversals',
      '/charges/{reference}',
      '/charges',
      '/health/live',
      '/health/ready',
    ]);
    expect(body.paths['/captures'].post.requestBody.content['application/json'].schema).toBeDefined();
    const page = await fetch(`${provider!.url}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });

  it('injects faults only in demo mode', async () => {
    await start();
    expect((await send('PUT', '/faults', { down: true })).status).toBe(404);
    await provider!.stop();

    await start({ QUADRILLE_DEMO: '1' });
    expect((await send('PUT', '/faults', { down: true })).status).toBe(200);
    expect((await send('POST', '/authorizations', wanted('a'))).status).toBe(503);
    await send('PUT', '/faults', {});
    expect((await send('POST', '/authorizations', wanted('a'))).status).toBe(200);
  });

  it('stops without waiting for a connection that has sent no request', async () => {
    const { port } = new URL((await start()).url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await provider!.stop();
    await closed;
  });

  it('reports a port in use in one sentence', async () => {
    const first = await start();
    const { port } = new URL(first.url);
    await expect(
      startProvider(readEnvironment({ PORT: port, PROVIDER_DATA_DIR: join(folder, 'other') }), () => {}),
    ).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use.`);
  });

  it('reports the invalid variable', () => {
    expect(() => readEnvironment({ PORT: 'many' })).toThrow('PORT is "many"; expected a whole number from 0 to 65535.');
  });
});
