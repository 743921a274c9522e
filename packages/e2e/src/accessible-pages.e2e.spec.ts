import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import {
  barriers,
  cutOff,
  launchBrowser,
  takePicture,
  takesPictures,
  type Visit,
  visit,
  whyNoBrowser,
} from './browser.js';
import { orderBody, orderThatFails } from './order-body.js';
import { type Stack, startStack } from './stack.js';
import { untilEnded } from './timeline.js';

const whereItCan = whyNoBrowser ? describe.skip : describe;
const DESKTOP = { width: 1_280, height: 860 };
const PHONE = { width: 390, height: 844 };
const IN_THE_CART = [
  { sku: 'TEAPOT', quantity: 1 },
  { sku: 'MUG-BLUE', quantity: 2 },
];

whereItCan(`the pages${whyNoBrowser ? ` (skipped, because ${whyNoBrowser})` : ''}`, () => {
  let stack: Stack;
  let browser: Browser;
  /** All pages: those of the navigation, and those linked from them. */
  let addresses: Record<string, string>;

  beforeAll(async () => {
    stack = await startStack();
    browser = await launchBrowser();
    const completed = (await stack.shop.placeOrder(orderBody())).body.orderId;
    const cancelled = (await stack.shop.placeOrder(orderThatFails('PaymentCaptureFailed'))).body.orderId;
    for (const orderId of [completed, cancelled]) await untilEnded(stack, orderId);
    const { page, close } = await enter();
    await page.goto('/');
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
    await links.first().waitFor();
    addresses = { cart: '/cart', 'order-completed': `/orders/${completed}`, 'order-cancelled': `/orders/${cancelled}` };
    for (const link of await links.all()) {
      const address = (await link.getAttribute('href'))!;
      addresses[address === '/' ? 'shop' : address.slice(1)] = address;
    }
    await close();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  }, 60_000);

  const enter = async (options: Parameters<typeof visit>[2] = {}): Promise<Visit> => {
    const visited = await visit(browser, stack.system.urls.storefront, { reducedMotion: 'reduce', ...options });
    await visited.page.addInitScript(`localStorage.setItem('quadrille.cart', '${JSON.stringify(IN_THE_CART)}')`);
    return visited;
  };

  /** Opens a page and waits until it has loaded its data. */
  const open = async (page: Page, address: string) => {
    await page.goto(address);
    await page.locator('h1').waitFor();
    // A page requests its data after the first rendering.
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    await page.evaluate('document.fonts.ready.then(() => true)');
  };

  /** Visits all pages in one window and returns the problems of each; pages without problems are omitted. */
  const mattersOf = async (options: Parameters<typeof visit>[2], width?: number) => {
    const matters: Record<string, string[]> = {};
    const { page, complaints, close } = await enter(options);
    for (const [name, address] of Object.entries(addresses)) {
      await open(page, address);
      const found = await barriers(page);
      const needed = width && Number(await page.evaluate('document.documentElement.scrollWidth'));
      if (needed !== width) found.push(`it is ${needed} pixels wide`);
      found.push(...(await cutOff(page)), ...complaints.splice(0));
      if (found.length > 0) matters[name] = found;
    }
    await close();
    return matters;
  };

  it.each(['light', 'dark'] as const)(
    'are accessible and log no errors in %s colours',
    async (colorScheme) => {
      expect(await mattersOf({ colorScheme })).toEqual({});
    },
    240_000,
  );

  it.each(['light', 'dark'] as const)(
    'fit on a phone and are accessible there in %s colours',
    async (colorScheme) => {
      expect(await mattersOf({ colorScheme, viewport: PHONE, isMobile: true, hasTouch: true }, PHONE.width)).toEqual(
        {},
      );
    },
    240_000,
  );

  it.each(['light', 'dark'] as const)(
    'show an accessible view of the details of an event in %s colours',
    async (colorScheme) => {
      const { page, close } = await enter({ colorScheme });
      await open(page, addresses['order-completed']!);
      await page.locator('button[data-step="reserve-inventory"]').click();
      await page.getByRole('dialog').getByText('ce_causationid').waitFor();
      expect(await barriers(page)).toEqual([]);
      await close();
    },
  );

  it('are navigable by keyboard, past the navigation to the page', async () => {
    const { page, close } = await enter();
    await open(page, '/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement?.id')).toBe('page');
    await close();
  });

  it('show an error for an unknown address', async () => {
    const { page, close } = await enter();
    await page.goto('/no/such/page');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await close();
  });

  (takesPictures ? it : it.skip)(
    'match the images of the README',
    async () => {
      for (const [suffix, options] of [
        ['', { viewport: DESKTOP }],
        ['-dark', { viewport: DESKTOP, colorScheme: 'dark' }],
        ['-phone', { viewport: PHONE }],
      ] as const) {
        const { page, close } = await enter(options);
        for (const [name, address] of Object.entries(addresses)) {
          await open(page, address);
          await takePicture(page, `${name}${suffix}`);
        }
        await close();
      }
    },
    300_000,
  );
});
