import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PEOPLE } from '@quadrille/local';
import { TestIssuer } from '../../nest/src/identity/issuer.fixture.js';
import { eventually } from './eventually.js';
import { orderBody } from './order-body.js';
import { run } from './program.js';
import { type Stack, startStack } from './stack.js';

const [ADA, BEN] = PEOPLE.rich as [string, string];

describe('a shop that asks callers who they are', () => {
  const issuer = new TestIssuer();
  let stack: Stack;
  let tokens: Readonly<Record<'ada' | 'ben' | 'olga', string>>;

  beforeAll(async () => {
    await issuer.start();
    const [ada, ben] = [await issuer.token(ADA, later()), await issuer.token(BEN, later())];
    tokens = { ada, ben, olga: await issuer.token('olga', { ...later(), scope: 'openid quadrille:operate' }) };
    const env = { AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: issuer.audience };
    stack = await startStack({ env, token: tokens.olga });
  }, 180_000);
  afterAll(async () => {
    await stack?.stop();
    await issuer.stop();
  }, 60_000);

  const later = () => ({ exp: Math.floor(Date.now() / 1_000) + 3_600 });

  /** Asks the storefront, as a browser does. */
  async function ask(path: string, token?: string, body?: object) {
    const over = new AbortController();
    const answer = await fetch(`${stack.system.urls.storefront}${path}`, {
      signal: over.signal,
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
    });
    // A stream does not end by itself.
    const isJson = answer.headers.get('content-type')?.includes('json');
    const read = { status: answer.status, body: isJson ? ((await answer.json()) as any) : undefined };
    over.abort();
    return read;
  }
  const statusesOf = async (path: string) => {
    const asked = [undefined, tokens.ben, tokens.ada, tokens.olga].map((token) => ask(path, token));
    return (await Promise.all(asked)).map(({ status }) => status);
  };

  it('carries a whole saga for its customer, who alone sees it, and who runs the shop', async () => {
    const placed = await ask('/api/order/orders', tokens.ada, {
      ...orderBody(),
      customerId: undefined,
      payment: { method: 'card', token: 'tok_visa' },
    });
    expect(placed.status).toBe(202);
    const { orderId } = placed.body;
    const ended = await eventually(
      'the end of the order',
      () => ask(`/api/order/orders/${orderId}`, tokens.ada),
      ({ body }) => body.status === 'COMPLETED',
    );
    expect(ended.body.customerId).toBe(ADA);
    await eventually(
      'the mail',
      () => ask(`/api/notification/notifications/${orderId}`, tokens.ada),
      ({ status }) => status === 200,
    );
    for (const path of [
      `/api/order/orders/${orderId}`,
      `/api/order/orders/${orderId}/history`,
      `/api/payment/payments/${orderId}`,
      `/api/notification/notifications/${orderId}`,
      `/timeline/${orderId}`,
    ]) {
      expect([path, await statusesOf(path)]).toEqual([path, [401, 404, 200, 200]]);
    }
    expect((await ask(`/api/order/orders/${orderId}/cancellation`, tokens.ben, {})).status).toBe(404);
    const live = `/events?orderId=${orderId}`;
    expect([await statusesOf(live), await statusesOf('/events')]).toEqual([
      [401, 404, 200, 200],
      [401, 403, 403, 200],
    ]);
  });

  it('lets nobody spend what is another’s', async () => {
    expect((await ask('/api/order/orders', undefined, orderBody())).status).toBe(401);
    expect((await ask('/api/order/orders', tokens.ben, orderBody())).status).toBe(403);
    expect(await statusesOf(`/api/payment/accounts/${ADA}`)).toEqual([401, 404, 200, 200]);
    const deposit = { amount: 1, currency: 'GBP' };
    const { status } = await fetch(`${stack.system.urls.payment}/accounts/${BEN}/deposits`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.ben}` },
      body: JSON.stringify(deposit),
    });
    expect(status).toBe(403);
  });

  it('shows everybody what there is to buy', async () => {
    for (const path of ['/api/inventory/catalogue', '/api/inventory/stock/TEAPOT', '/api/order/products/TEAPOT', '/']) {
      expect([path, await statusesOf(path)]).toEqual([path, [200, 200, 200, 200]]);
    }
  });

  it('shows operators alone what only they need', async () => {
    for (const path of [
      '/sagas',
      '/audit/verdict',
      '/unreadable-records',
      '/api/order/dead-letters',
      '/api/payment/ledger/trial-balance',
    ]) {
      expect([path, await statusesOf(path)]).toEqual([path, [401, 403, 403, 200]]);
    }
  });

  it('is asked by npx quadrille with the token it is given', async () => {
    const stuck = async (token?: string) => {
      const env = { QUADRILLE_DATA_DIR: stack.dataDir, ...(token && { QUADRILLE_TOKEN: token }) };
      const program = run(
        'packages/cli/bin/quadrille.mjs',
        ['dead-letters', 'list', '--service', 'order', '--json'],
        env,
      );
      const code = await program.ended();
      return { code, ...program.said() };
    };
    expect((await stuck(tokens.olga)).code).toBe(0);
    const refused = await stuck();
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('order refused (401): Say who you are');
  });

  it('goes on when the issuer signs with a new key, and while it cannot be reached', async () => {
    await issuer.rotate('ES256');
    const fresh = await issuer.token(ADA);
    // A key that is not known is looked for once a second at most.
    await eventually(
      'the new key is known',
      () => ask(`/api/payment/accounts/${ADA}`, fresh),
      ({ status }) => status === 200,
    );
    await issuer.stop();
    expect((await ask(`/api/payment/accounts/${ADA}`, await issuer.token(ADA))).status).toBe(200);
    expect((await ask(`/api/payment/accounts/${ADA}`, tokens.ada)).status).toBe(200);
  });
});
