import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { topicOf } from '@quadrille/choreography';
import { checkout, InventoryReserved, PaymentAuthorized } from '@quadrille/contracts';
import { PEOPLE } from '@quadrille/local';
import type { Browser } from 'playwright-core';
import { launchBrowser, SHOWN_WITHIN_MS, type Visit, visit, whyNoBrowser } from './browser.js';
import { orderBody } from './order-body.js';
import { endingShown, fillCheckout, orderShown, placeOrder } from './shop-window.js';
import { hold, type Stack, startStack } from './stack.js';

/** Includes several sequential waits of up to SHOWN_WITHIN_MS on a busy machine. */
jest.setTimeout(180_000);

const whereItCan = whyNoBrowser ? describe.skip : describe;
/** Errors that a browser logs while a service or the storefront is stopped. */
const AWAY = /status of 50[234]|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING/;

whereItCan(`the shop in a browser${whyNoBrowser ? ` (skipped, because ${whyNoBrowser})` : ''}`, () => {
  let stack: Stack;
  let browser: Browser;
  let shop: Visit;

  beforeAll(async () => {
    stack = await startStack();
    browser = await launchBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  }, 60_000);
  afterEach(async () => {
    await shop?.close();
  });

  const enter = async () => {
    shop = await visit(browser, stack.system.urls.storefront);
    return shop.page;
  };
  const ordersOf = async (customerId: string): Promise<{ orderId: string }[]> => {
    const response = await fetch(`${stack.system.urls.order}/orders?customerId=${customerId}&limit=100`);
    return ((await response.json()) as { orders: { orderId: string }[] }).orders;
  };

  it('lets a visitor place an order with one button and watch it complete', async () => {
    const page = await enter();
    await page.goto('/');
    await page.getByRole('button', { name: 'Place an order' }).click();
    await orderShown(page);
    expect(await endingShown(page)).toBe('COMPLETED');
    const forward = Object.entries(checkout.rows).filter(([, row]) => !('compensates' in row) && !('role' in row));
    for (const [step] of forward) {
      expect(await page.locator(`[data-step="${step}"]`).getAttribute('data-state')).toBe('done');
    }
    expect(shop.complaints).toEqual([]);
  });

  it('opens the details of an event, with a link to its cause', async () => {
    const page = await enter();
    const { body } = await stack.shop.placeOrder(orderBody());
    await page.goto(`/orders/${body.orderId}`);
    await page.locator('button[data-step="reserve-inventory"]').click();
    const details = page.getByRole('dialog');
    await details.getByText(topicOf(checkout, InventoryReserved), { exact: true }).waitFor();
    await details.getByText('ce_causationid').waitFor();
    await details.getByRole('button', { name: 'PaymentAuthorized of payment' }).click();
    await details.getByText(topicOf(checkout, PaymentAuthorized), { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
    expect(shop.complaints).toEqual([]);
  });

  it.each([
    ['too little money', { customer: 'Bob Cratchit' }, 'insufficient funds', 'authorize-payment'],
    ['sold-out goods', { goods: ['Samovar (sold out)'] }, 'out of stock', 'reserve-inventory'],
    ['a country without delivery', { country: 'Antarctica' }, 'undeliverable destination', 'create-shipment'],
    ['a declined card', { card: 'tok_declined' }, 'card declined', 'authorize-payment'],
    ['a card that is declined at the capture', { card: 'tok_capture-declined' }, 'capture declined', 'capture-payment'],
  ])('shows the compensation for %s', async (_, choices, reason, failing) => {
    const page = await enter();
    await fillCheckout(page, choices);
    await placeOrder(page);
    expect(await endingShown(page)).toBe('CANCELLED');
    await page.getByText(`Cancelled: ${reason}`).waitFor();
    expect(await page.locator(`[data-step="${failing}"]`).getAttribute('data-state')).toBe('failed');
    expect(await page.locator('[data-step="cancel-order"]').getAttribute('data-state')).toBe('done');
    expect(shop.complaints).toEqual([]);
  });

  it('cancels an order in flight, and shows the compensation', async () => {
    const page = await enter();
    await hold(stack.system, 'shipping', [topicOf(checkout, InventoryReserved)]);
    try {
      await fillCheckout(page, {});
      await placeOrder(page);
      await page.locator('[data-step="create-shipment"][data-state="next"]').waitFor();
      await page.getByRole('button', { name: 'Cancel the order' }).click();
      expect(await endingShown(page)).toBe('CANCELLED');
    } finally {
      await hold(stack.system, 'shipping', []);
    }
    await page.locator('[data-step="request-cancellation"][data-state="done"]').waitFor();
    await page.locator('[data-step="release-inventory"][data-state="done"]').waitFor();
    expect(shop.complaints).toEqual([]);
  });

  it('shows the awaited service while it is stopped, and continues after its restart', async () => {
    const page = await enter();
    const { shipping } = stack.system.processes;
    await shipping.stop();
    await page.goto('/');
    await page.getByRole('button', { name: 'Place an order' }).click();
    await orderShown(page);
    await page.getByText('Waiting for shipping').waitFor();
    await page.getByText('The service does not respond.').waitFor();
    await shipping.restart();
    expect(await endingShown(page)).toBe('COMPLETED');
    expect(shop.complaints.filter((each) => !AWAY.test(each))).toEqual([]);
  });

  it('shows unavailable services on every page, and reloads the data after their restart', async () => {
    const catalogue = await enter();
    const { order, inventory, storefront } = stack.system.processes;
    await Promise.all([order.stop(), inventory.stop()]);
    const [orders, letters] = [await catalogue.context().newPage(), await catalogue.context().newPage()];
    for (const page of [orders, letters]) page.setDefaultTimeout(SHOWN_WITHIN_MS);
    await catalogue.goto('/');
    await orders.goto('/orders');
    await letters.goto('/dead-letters?service=inventory');
    await catalogue.getByText('The catalogue: inventory is unavailable').waitFor();
    await orders.getByText('The list of orders: order is unavailable').waitFor();
    await letters.getByText('The dead letters of inventory: inventory is unavailable').waitFor();
    await Promise.all([order.restart(), inventory.restart()]);
    const seen = async () => {
      await catalogue.getByRole('heading', { name: 'Teapot for four' }).waitFor();
      await orders.locator('tbody tr').first().waitFor();
      await letters.getByText('inventory has no parked messages').waitFor();
      for (const page of [catalogue, orders, letters])
        await page.getByText('is unavailable').waitFor({ state: 'detached' });
    };
    await seen();
    await storefront.stop();
    for (const page of [catalogue, orders]) await page.getByText('storefront is unavailable').waitFor();
    await storefront.restart();
    await seen();
    expect(shop.complaints.filter((each) => !AWAY.test(each))).toEqual([]);
  });

  it('places one order if the button is pressed twice', async () => {
    const page = await enter();
    await fillCheckout(page, { customer: 'Grace Hopper' });
    const before = await ordersOf(PEOPLE.rich[1]!);
    await page.getByRole('button', { name: 'Place the order' }).dblclick();
    await orderShown(page);
    expect(await ordersOf(PEOPLE.rich[1]!)).toHaveLength(before.length + 1);
  });

  it('places one order if the page is reloaded before the answer', async () => {
    const page = await enter();
    await fillCheckout(page, { customer: 'Alan Turing' });
    const before = await ordersOf(PEOPLE.rich[2]!);
    // The order service accepts it; the answer never arrives, and the page is reloaded while it waits.
    const orders = '**/api/order/orders';
    const taken = new Promise<number>((resolve, reject) => {
      page.route(orders, async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        await route.fetch().then((answer) => resolve(answer.status()), reject);
      });
    });
    await page.getByRole('button', { name: 'Place the order' }).click();
    expect(await taken).toBe(202);
    await page.reload();
    await page.unroute(orders);
    const orderId = await placeOrder(page);
    const after = await ordersOf(PEOPLE.rich[2]!);
    expect(after.map((each) => each.orderId).slice(0, after.length - before.length)).toEqual([orderId]);
  });

  it('shows the order service’s error at each field', async () => {
    const page = await enter();
    await fillCheckout(page, {});
    await page.getByLabel('Street').fill('');
    await page.getByLabel('Postal code').fill('x'.repeat(30));
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByText('The order was not accepted').waitFor();
    for (const field of ['Street', 'Postal code']) {
      expect(await page.getByLabel(field).getAttribute('aria-invalid')).toBe('true');
    }
    expect(await page.getByLabel('Town').getAttribute('aria-invalid')).not.toBe('true');
    await page.getByLabel('Street').fill('1 High Street');
    await page.getByLabel('Postal code').fill('N1');
    await placeOrder(page);
  });

  it('lists orders page by page', async () => {
    const page = await enter();
    for (let at = 0; at < 22; at++) await stack.shop.placeOrder(orderBody({ customerId: PEOPLE.rich[0]! }));
    await page.goto('/orders');
    await page.getByLabel('Whose').selectOption({ label: 'Ada Lovelace' });
    const rows = page.locator('tbody tr');
    await rows.nth(19).waitFor();
    await page.getByRole('button', { name: 'Older orders' }).click();
    await rows.nth(21).waitFor();
    expect(shop.complaints).toEqual([]);
  });
});
