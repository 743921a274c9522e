import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PEOPLE } from '@quadrille/local';
import type { Browser, Page } from 'playwright-core';
import { barriers, launchBrowser, takePicture, type Visit, visit, whyNoBrowser } from './browser.js';
import { eventually } from './eventually.js';
import { orderBody } from './order-body.js';
import { run } from './program.js';
import { endingShown, fillCheckout, orderShown, placeOrder } from './shop-window.js';
import { type Stack, startStack } from './stack.js';

const [ADA, BEN] = PEOPLE.rich as [string, string];

/** Several things are waited for in turn, on machines that do other things as well. */
jest.setTimeout(180_000);
const inABrowser = whyNoBrowser ? it.skip : it;

describe('a shop with authentication', () => {
  let stack: Stack;
  let tokens: Readonly<Record<'ada' | 'ben' | 'olga', string>>;

  beforeAll(async () => {
    stack = await startStack({ signIn: true });
    const [ada, ben, olga] = await Promise.all(['ada', 'grace', 'operator'].map(tokenOf));
    tokens = { ada: ada!, ben: ben!, olga: olga! };
  }, 300_000);
  afterAll(() => stack?.stop(), 60_000);

  const tokenOf = (person: string) => stack.system.signIn!.tokenOf(person);

  /** Sends a request to the storefront, as a browser does. */
  async function request(path: string, token?: string, body?: object) {
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
    const responses = [undefined, tokens.ben, tokens.ada, tokens.olga].map((token) => request(path, token));
    return (await Promise.all(responses)).map(({ status }) => status);
  };

  it('carries a whole saga for its customer, who alone sees it, and who runs the shop', async () => {
    const placed = await request('/api/order/orders', tokens.ada, {
      ...orderBody(),
      customerId: undefined,
      payment: { method: 'card', token: 'tok_visa' },
    });
    expect(placed.status).toBe(202);
    const { orderId } = placed.body;
    const ended = await eventually(
      'the end of the order',
      () => request(`/api/order/orders/${orderId}`, tokens.ada),
      ({ body }) => body.status === 'COMPLETED',
    );
    expect(ended.body.customerId).toBe(ADA);
    await eventually(
      'the mail',
      () => request(`/api/notification/notifications/${orderId}`, tokens.ada),
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
    expect((await request(`/api/order/orders/${orderId}/cancellation`, tokens.ben, {})).status).toBe(404);
    const live = `/events?orderId=${orderId}`;
    expect([await statusesOf(live), await statusesOf('/events')]).toEqual([
      [401, 404, 200, 200],
      [401, 403, 403, 200],
    ]);
  });

  it('lets no customer spend the money of another', async () => {
    expect((await request('/api/order/orders', undefined, orderBody())).status).toBe(401);
    expect((await request('/api/order/orders', tokens.ben, orderBody())).status).toBe(403);
    expect(await statusesOf(`/api/payment/accounts/${ADA}`)).toEqual([401, 404, 200, 200]);
    const deposit = { amount: 1, currency: 'GBP' };
    const { status } = await fetch(`${stack.system.urls.payment}/accounts/${BEN}/deposits`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.ben}` },
      body: JSON.stringify(deposit),
    });
    expect(status).toBe(403);
  });

  it('shows the catalogue to every caller', async () => {
    for (const path of ['/api/inventory/catalogue', '/api/inventory/stock/TEAPOT', '/api/order/products/TEAPOT', '/']) {
      expect([path, await statusesOf(path)]).toEqual([path, [200, 200, 200, 200]]);
    }
  });

  it('shows the data of operators only to operators', async () => {
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

  it('accepts the token of npx quadrille, which also prints one', async () => {
    const quadrille = async (args: string[], token?: string) => {
      const env = { QUADRILLE_DATA_DIR: stack.dataDir, ...(token && { QUADRILLE_TOKEN: token }) };
      const program = run('packages/cli/bin/quadrille.mjs', args, env);
      return { code: await program.ended(), ...program.output() };
    };
    const printed = await quadrille(['token', '--as', 'operator']);
    expect(printed.code).toBe(0);
    const letters = ['dead-letters', 'list', '--service', 'order', '--json'];
    expect((await quadrille(letters, printed.stdout.trim())).code).toBe(0);
    const refused = await quadrille(letters);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('order refused (401): The request has no token');
    expect((await quadrille(['token', '--as', 'nobody'])).stderr).toContain('There is no such person; expected one of');
  });

  describe(`in a browser${whyNoBrowser ? ` (skipped, because ${whyNoBrowser})` : ''}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      if (!whyNoBrowser) browser = await launchBrowser();
    }, 60_000);
    afterAll(() => browser?.close());

    const enter = (): Promise<Visit> => visit(browser, stack.system.urls.storefront);
    const choose = async (page: Page, name: string) => {
      await page.getByRole('link', { name }).click();
      await page.getByRole('button', { name: `Signed in as ${name}` }).waitFor();
    };
    const changeTo = async (page: Page, name: string) => {
      await page.getByRole('button', { name: /^Signed in as/ }).click();
      await page.getByRole('menuitem', { name: 'Change person' }).click();
      await choose(page, name);
    };

    inABrowser('a customer signs in, orders and watches, and another sees nothing of it', async () => {
      const { page, complaints, close } = await enter();
      await page.goto('/');
      await page.getByRole('link', { name: 'Sign in', exact: true }).click();
      expect(await barriers(page)).toEqual([]);
      await choose(page, 'Ada Lovelace');
      await page.getByRole('button', { name: 'Signed in as Ada Lovelace' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
      await takePicture(page, 'signed-in');
      await page.keyboard.press('Escape');
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Place an order' }).click();
      const orderId = await orderShown(page);
      expect(await endingShown(page)).toBe('COMPLETED');
      expect((await request(`/api/order/orders/${orderId}`, tokens.ada)).body.customerId).toBe(ADA);
      expect(await barriers(page)).toEqual([]);
      expect(complaints).toEqual([]);

      await page.goto('/stage');
      await page.getByRole('heading', { name: 'This page is for operators' }).waitFor();
      expect(complaints).toEqual([]);
      await page.goto(`/orders/${orderId}`);
      await changeTo(page, 'Grace Hopper');
      await page.getByRole('heading', { name: 'There is no such order' }).waitFor();

      await page.getByRole('button', { name: 'Signed in as Grace Hopper' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('link', { name: 'Sign in to place an order' }).waitFor();
      await page.goto(`/orders/${orderId}`);
      await page.getByRole('heading', { name: 'Sign in first' }).waitFor();
      await close();
    });

    inABrowser('an expired session is renewed while its customer shops, and the cart outlives its end', async () => {
      const { page, complaints, close } = await enter();
      /** A browser removes the cookie of an expired token. All at once: with the refresh token alone, a request renews the session. */
      const expire = (...tokens: string[]) =>
        page.context().clearCookies({ name: new RegExp(`^quadrille-(${tokens.join('|')})-token$`) });
      await page.goto('/');
      await page.getByRole('link', { name: 'Sign in', exact: true }).click();
      await choose(page, 'Ada Lovelace');
      await fillCheckout(page, {});
      await expire('access');
      await placeOrder(page);
      expect(await endingShown(page)).toBe('COMPLETED');
      expect(complaints).toEqual([]);

      await fillCheckout(page, {});
      await expire('access', 'refresh');
      // The issuer has no session, so a question is necessary: the page offers the sign-in.
      await page.reload();
      await page.getByRole('link', { name: 'Sign in', exact: true }).first().waitFor();
      expect(new URL(page.url()).pathname).toBe('/cart');
      await page.getByRole('link', { name: 'Cart, 1 piece' }).waitFor();
      await close();
    });

    inABrowser('an operator controls the services and the load on the stage', async () => {
      const { page, complaints, close } = await enter();
      await page.goto('/stage');
      await page.getByRole('heading', { name: 'Sign in first' }).waitFor();
      await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
      await choose(page, 'Olga Operator');
      expect(new URL(page.url()).pathname).toBe('/stage');
      await page.getByRole('button', { name: 'Start the load' }).click();
      await page.getByText(/^[1-9]\d* accepted$/).waitFor();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      const failing = page.getByRole('switch', { disabled: false });
      await failing.first().waitFor();
      await page.goto('/orders');
      await page.getByLabel('Whose').waitFor();
      expect(complaints).toEqual([]);
      await close();
    });
  });

  it('continues when the issuer signs with a new key, and while it cannot be reached', async () => {
    const { process: issuer } = stack.system.signIn!;
    await issuer.stop();
    rmSync(join(stack.dataDir, 'identity-provider/signing-key.json'));
    await issuer.restart();
    const [fresh, later] = [await tokenOf('ada'), await tokenOf('ada')];
    // An unknown key is fetched at most once per second.
    await eventually(
      'the new key is accepted',
      () => request(`/api/payment/accounts/${ADA}`, fresh),
      ({ status }) => status === 200,
    );
    await issuer.stop();
    expect((await request(`/api/payment/accounts/${ADA}`, later)).status).toBe(200);
  });
});
