import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { USUAL_SHARES } from '@quadrille/load';
import { auditorUrl, freePort, type RunningProcess, startAuditor } from '@quadrille/local';
import type { Browser, Locator, Page } from 'playwright-core';
import { barriers, launchBrowser, takePicture, takesPictures, type Visit, visit, whyNoBrowser } from './browser.js';
import { discardAll } from './dead-letters.js';
import { eventually } from './eventually.js';
import { demandFluent } from './fluency.js';
import { orderBody } from './order-body.js';
import { type Stack, startStack } from './stack.js';
import { startStorm } from './storm.js';
import { untilEnded } from './timeline.js';

const whereItCan = whyNoBrowser ? describe.skip : describe;
/** Errors that a browser logs while a service or the storefront is stopped. */
const AWAY = /status of 50[234]|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING/;
const SLOW_MS = 240_000;
/** With eight events per order, this requests more than a thousand events per second; a small machine achieves less. */
const STORM = 130;
/** The rate that the stage must show without freezing a browser. */
const SHOWN_PER_SECOND = 1_000;
/** The maximum share of time in tasks that block the page (longer than 50 ms). */
const BLOCKED_SHARE = 0.5;

/** Dead letters; a page shows 25. */
const MORE_THAN_A_PAGE = 30;

whereItCan(`the stage in a browser${whyNoBrowser ? ` (skipped, because ${whyNoBrowser})` : ''}`, () => {
  let stack: Stack;
  let auditor: RunningProcess | undefined;
  let browser: Browser;
  let visited: Visit;

  beforeAll(async () => {
    const port = await freePort();
    stack = await startStack({
      supervised: true,
      readyWithinMs: 150_000,
      envOf: { storefront: { AUDITOR_URL: auditorUrl(port) }, order: { ORDER_DEADLINE_SECONDS: '120' } },
    });
    auditor = await startAuditor(stack.dataDir, port);
    browser = await launchBrowser();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await auditor?.stop();
    await stack?.stop();
  }, 120_000);
  beforeEach(() => send('PATCH', '/stage/load', { ordersPerSecond: 0, shares: USUAL_SHARES }));
  afterEach(async () => {
    await visited?.close();
    await send('PATCH', '/stage/load', { ordersPerSecond: 0 });
    await send('POST', '/stage/lift', {});
  }, SLOW_MS);

  async function send(method: string, path: string, body: object): Promise<any> {
    const answer = await fetch(`${stack.system.urls.storefront}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBeLessThan(300);
    return answer.json();
  }
  const enter = async (path: string, options: Parameters<typeof visit>[2] = {}): Promise<Page> => {
    visited = await visit(browser, stack.system.urls.storefront, {
      viewport: { width: 1_440, height: 1_200 },
      ...options,
    });
    visited.page.setDefaultTimeout(60_000);
    await visited.page.goto(path);
    return visited.page;
  };
  const card = (page: Page, service: string): Locator => page.getByRole('article', { name: `Service ${service}` });
  /** Switches by keyboard. */
  const flip = async (page: Page, name: string): Promise<void> => {
    const found = page.getByRole('switch', { name, disabled: false });
    await found.waitFor({ state: 'attached' });
    await found.focus();
    await page.keyboard.press('Space');
  };
  const letOrdersCome = async (page: Page, mix: string): Promise<void> => {
    await page.getByText(mix, { exact: true }).click();
    await page.getByRole('button', { name: 'Start the load' }).click();
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await page.getByRole('radio', { name: mix, checked: true }).waitFor({ state: 'attached' });
  };
  const reason = (page: Page, words: string): Promise<void> =>
    page.getByRole('region', { name: 'Reasons for cancellation' }).getByText(words).waitFor();

  it(
    'shows the effect of a load: rates, latencies, endings, and orders to follow',
    async () => {
      const page = await enter('/stage');
      await letOrdersCome(page, 'All go well');
      await card(page, 'payment')
        .getByText(/^[1-9][\d.]*$|^0\.[1-9]$/)
        .waitFor();
      await page.getByText(/^median; 95 % in /).waitFor();
      await page.getByText(/sagas begin, [1-9]/).waitFor();
      await page.getByRole('region', { name: 'Follow one' }).getByText('completed').first().waitFor();
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'stays live in more tabs of the stage and of orders than a browser has connections',
    async () => {
      const page = await enter('/stage');
      await letOrdersCome(page, 'All go well');
      const tabs: Page[] = [page];
      const open = async (path: string) => {
        const tab = await page.context().newPage();
        tab.setDefaultTimeout(60_000);
        await tab.goto(path);
        tabs.push(tab);
        return tab;
      };
      for (let nth = 1; nth < 9; nth++) await open('/stage');
      for (const tab of tabs) await tab.getByText(/sagas begin, [1-9]/).waitFor();
      for (const tab of tabs) {
        expect(await tab.evaluate("fetch('/sagas?limit=1').then(({ status }) => status)")).toBe(200);
      }
      // Each tab shows the last event of an order placed while it is open.
      for (let nth = 0; nth < 3; nth++) {
        const { body } = await stack.shop.placeOrder(orderBody());
        const tab = await open(`/orders/${body.orderId}`);
        await tab.locator('[role=status][data-ending=COMPLETED]').waitFor();
      }
      for (const tab of tabs.slice(1)) await tab.close();
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'shows settings of other clients, and the error of an empty mix until a change',
    async () => {
      const page = await enter('/stage');
      // Between two snapshots, which never show the client's own choice.
      const answered = page.waitForResponse((response) => response.url().endsWith('/stage/load'));
      await page.getByText('All go well', { exact: true }).click();
      await answered;
      await send('PATCH', '/stage/load', { shares: USUAL_SHARES });
      await page.getByRole('radio', { name: 'Every kind', checked: true }).waitFor({ state: 'attached' });
      const allButOne = Object.keys(USUAL_SHARES).filter((kind) => kind !== 'by card');
      await send('PATCH', '/stage/load', { shares: Object.fromEntries(allButOne.map((kind) => [kind, 0])) });
      await page.getByRole('radio', { name: 'My own', checked: true }).waitFor({ state: 'attached' });
      await page.getByRole('button', { name: 'Choose the share of each kind' }).click();
      await page.getByRole('textbox', { name: 'by card' }).fill('0');
      const refused = page.getByRole('alert').getByText('No kind would have a share');
      await refused.waitFor();
      // The snapshot changes, and the error is still shown.
      await send('PATCH', '/stage/load', { ordersPerSecond: 1 });
      await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
      expect(await refused.isVisible()).toBe(true);
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await refused.waitFor({ state: 'detached' });
    },
    SLOW_MS,
  );

  it.each([
    ['Decline every card', 'card declined'],
    ['Half of the orders go to Antarctica', 'undeliverable destination'],
    ['Buy up the shelf of TEAPOT', 'out of stock'],
  ])(
    'cancels orders: %s',
    async (name, why) => {
      const page = await enter('/stage');
      await letOrdersCome(page, 'All go well');
      await flip(page, name);
      await reason(page, why);
      await page.reload();
      const on = page.getByRole('switch', { checked: true });
      await on.first().waitFor({ state: 'attached' });
      expect(await on.count()).toBe(1);
      await page.getByRole('button', { name: 'Lift the fault' }).click();
      await page.getByRole('button', { name: 'No fault is on' }).waitFor();
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'delays orders by card while the provider is off, and completes them afterwards',
    async () => {
      const page = await enter('/stage');
      await flip(page, 'Switch the card provider off');
      await page.getByText('card provider: does not respond').waitFor();
      await letOrdersCome(page, 'All go well');
      await page.getByRole('region', { name: 'Awaited steps' }).getByText('authorize-payment').waitFor();
      await card(page, 'payment')
        .getByText(/sagas? waits? for/)
        .waitFor();
      await flip(page, 'Switch the card provider off');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByText('None: no saga is running.').waitFor();
    },
    SLOW_MS,
  );

  it(
    'slows orders by card while the provider is slow',
    async () => {
      const page = await enter('/stage');
      await flip(page, 'Make the card provider slow');
      await page.getByText('card provider: slow').waitFor();
      await letOrdersCome(page, 'All go well');
      await page.getByRole('region', { name: 'Awaited steps' }).getByText('authorize-payment').waitFor();
      await page.getByRole('region', { name: 'Follow one' }).getByText('completed').first().waitFor();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByRole('button', { name: 'Lift the fault' }).click();
      await page.getByText('None: no saga is running.').waitFor();
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'stops a service, shows the waiting sagas, restarts it, and they continue',
    async () => {
      const page = await enter('/stage');
      await letOrdersCome(page, 'All go well');
      await flip(page, 'inventory: Stopped');
      await card(page, 'inventory').getByText('stopped').waitFor();
      await card(page, 'inventory')
        .getByText(/sagas wait for/)
        .waitFor();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByRole('link', { name: 'Stuck', exact: true }).click();
      await page.getByLabel('Running for more than').fill('1');
      // The oldest may have passed inventory already, and is about to end.
      const waiting = page.getByRole('row').filter({ hasText: 'reserve-inventory of inventory' });
      await waiting.getByRole('button', { name: /^Why/ }).first().click();
      await page.getByText('inventory does not answer, so no instance processes reserve-inventory.').waitFor();
      await page.getByRole('link', { name: 'Stage', exact: true }).click();
      await flip(page, 'inventory: Stopped');
      await card(page, 'inventory').getByText('up', { exact: true }).waitFor();
      await page.getByText('None: no saga is running.').waitFor();
      expect(visited.complaints.filter((complaint) => !AWAY.test(complaint))).toEqual([]);
    },
    SLOW_MS,
  );

  it.each([
    ['shipping: Relay paused', 'shipping', 'relay paused', /^outbox [1-9]/],
    ['shipping: Consumer paused', 'shipping', 'consumer paused', /sagas wait for/],
  ])(
    'pauses the flow, and resumes it: %s',
    async (name, service, flag, seen) => {
      const page = await enter('/stage');
      await flip(page, name);
      await card(page, service).getByText(flag).waitFor();
      await letOrdersCome(page, 'All go well');
      await card(page, service).getByText(seen).waitFor();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByRole('button', { name: 'Lift the fault' }).click();
      await page.getByText('None: no saga is running.').waitFor();
    },
    SLOW_MS,
  );

  it(
    'removes the fault of an unresponsive service as soon as it responds',
    async () => {
      const page = await enter('/stage');
      const { shipping } = stack.system.processes;
      await flip(page, 'shipping: Relay paused');
      await card(page, 'shipping').getByText('relay paused').waitFor();
      await shipping.kill('SIGSTOP');
      try {
        await card(page, 'shipping').getByText('slow to answer').waitFor();
        await page.getByRole('button', { name: 'Lift the fault' }).click();
        await page.getByText('Lifted once the service responds: shipping: Relay paused.').waitFor();
      } finally {
        await shipping.kill('SIGCONT');
      }
      await page.getByRole('button', { name: 'No fault is on' }).waitFor();
      const control = await fetch(`${stack.system.adminUrls.shipping}/control`);
      expect(await control.json()).toMatchObject({ relayPaused: false });
      expect(visited.complaints.filter((complaint) => !AWAY.test(complaint))).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'reports that the storefront is down, shows the last snapshot, and continues after its restart',
    async () => {
      const page = await enter('/stage');
      await card(page, 'payment').getByText('up', { exact: true }).waitFor();
      await stack.system.processes.storefront.stop();
      await page.getByText('The storefront cannot be reached: this is the last known state.').waitFor();
      expect(await card(page, 'payment').getByText('up', { exact: true }).count()).toBe(1);
      await stack.system.processes.storefront.restart();
      await page.getByText('The storefront cannot be reached').waitFor({ state: 'detached' });
      expect(visited.complaints.filter((complaint) => !AWAY.test(complaint))).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'injects a bug into a step, shows the dead letter, and redrives it after the bug is removed',
    async () => {
      const page = await enter('/stage');
      await flip(page, 'Inject a bug into create-shipment');
      await card(page, 'shipping').getByText('bug in create-shipment').waitFor();
      const { body } = await stack.shop.placeOrder(orderBody());
      await card(page, 'shipping').getByRole('link', { name: '1 dead letter' }).waitFor();
      await page.getByRole('button', { name: 'Lift the fault' }).click();
      await page.getByRole('button', { name: 'No fault is on' }).waitFor();
      await card(page, 'shipping').getByRole('link', { name: '1 dead letter' }).click();
      await page.getByRole('button', { name: /^Open/ }).click();
      await page.getByText('create-shipment has a bug, switched on for demonstration.').last().waitFor();
      await decide(page, 'Redrive', 'Redrive it now');
      expect(await untilEnded(stack, body.orderId)).toBe('COMPLETED');
      await page.getByText('shipping has no parked messages').waitFor();
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'publishes an invalid event, which blocks one order until it is discarded',
    async () => {
      const page = await enter('/stage');
      await page.getByRole('button', { name: 'A broken event of an order' }).click();
      const order = page.getByRole('link', { name: 'this order' });
      const orderId = (await order.getAttribute('href'))!.split('/').at(-1)!;
      await page.goto('/dead-letters?service=inventory');
      await page.getByText('waits behind an earlier one').first().waitFor();
      await page
        .getByRole('row', { name: /needs a decision/ })
        .getByRole('button', { name: /^Open/ })
        .click();
      // Waits until the drawer stands still: while it moves, its contrast is measured against the page behind it.
      await page.getByRole('dialog').click({ trial: true });
      expect(await barriers(page)).toEqual([]);
      await decide(page, 'Discard', 'Discard it permanently');
      expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
      // Other consumers of the topic have a dead letter too.
      for (const service of ['order', 'shipping'] as const) await discardAll(stack, service);
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'publishes an unreadable message, which blocks no order, and discards it',
    async () => {
      const page = await enter('/stage');
      await page.getByRole('button', { name: 'Something unreadable' }).click();
      await page.getByText('All other orders continue.').waitFor();
      const { body } = await stack.shop.placeOrder(orderBody());
      expect(await untilEnded(stack, body.orderId)).toBe('COMPLETED');
      await page.goto('/dead-letters?service=inventory');
      await page.getByRole('button', { name: /^Open/ }).click();
      await decide(page, 'Discard', 'Discard it permanently');
      await page.getByText('inventory has no parked messages').waitFor();
      // The order service, which extends its deadline, has a dead letter too.
      await discardAll(stack, 'order');
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'paginates many dead letters, and redrives all of them',
    async () => {
      const page = await enter('/stage');
      await flip(page, 'Inject a bug into create-shipment');
      await card(page, 'shipping').getByText('bug in create-shipment').waitFor();
      const placed = await Promise.all(
        Array.from({ length: MORE_THAN_A_PAGE }, () => stack.shop.placeOrder(orderBody())),
      );
      await card(page, 'shipping').getByText(`${MORE_THAN_A_PAGE} dead letters`).waitFor();
      await page.getByRole('button', { name: 'Lift the fault' }).click();
      await page.getByRole('button', { name: 'No fault is on' }).waitFor();
      await page.goto('/dead-letters?service=shipping');
      const opens = page.getByRole('button', { name: /^Open/ });
      await opens.first().waitFor();
      expect(await opens.count()).toBeLessThan(MORE_THAN_A_PAGE);
      await page.getByRole('button', { name: 'Show more' }).click();
      await opens.nth(MORE_THAN_A_PAGE - 1).waitFor();
      await page.getByRole('button', { name: 'Redrive all that need a decision…' }).click();
      await page.getByLabel('Who decides').fill('ada');
      await page.getByLabel('Why').fill('the bug is mended');
      await page.getByRole('button', { name: 'Redrive them all' }).click();
      await page.getByText('shipping has no parked messages').waitFor();
      for (const { body } of placed) expect(await untilEnded(stack, body.orderId)).toBe('COMPLETED');
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  const decide = async (page: Page, verb: string, sure: string): Promise<void> => {
    await page.getByLabel('Who decides').fill('ada');
    await page.getByLabel('Why').fill('seen in the browser');
    await page.getByRole('button', { name: `${verb}…` }).click();
    await page.getByRole('button', { name: sure }).click();
  };

  it(
    'shows that all promises hold',
    async () => {
      const page = await enter('/audit');
      await page.getByText('All 7 promises hold.').waitFor();
      expect(await page.getByText('Holds', { exact: true }).count()).toBe(7);
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'renders the documentation of events and of every service',
    async () => {
      const page = await enter('/docs');
      await page.getByText('compensates reserve-inventory').waitFor();
      await page.getByRole('tab', { name: 'Events (AsyncAPI)' }).click();
      await page.getByRole('button', { name: /PaymentAuthorized/ }).click();
      await page
        .getByRole('region', { name: /^PaymentAuthorized/ })
        .getByText('shippingAddress')
        .first()
        .waitFor();
      await page.getByRole('tab', { name: 'HTTP (OpenAPI)' }).click();
      await page.getByText('/orders/{id}/cancellation').waitFor();
      await page.getByText('payment-provider', { exact: true }).click();
      await page.getByText('/authorizations').waitFor();
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'animates smoothly with a thousand events per second',
    async () => {
      const storm = await startStorm(stack.system.urls.storefront, SHOWN_PER_SECOND);
      try {
        const page = await enter('/stage', { baseURL: storm.url });
        await page.getByText('125 sagas begin, 125 end').waitFor();
        const { blockedShare } = await demandFluent(page);
        expect(blockedShare).toBeLessThan(BLOCKED_SHARE);
        expect(visited.complaints).toEqual([]);
      } finally {
        await storm.stop();
      }
    },
    SLOW_MS,
  );

  it(
    'shows numbers without animation for reduced motion',
    async () => {
      const page = await enter('/stage', { reducedMotion: 'reduce' });
      await letOrdersCome(page, 'All go well');
      await page.getByText(/sagas begin, [1-9]/).waitFor();
      const painted = await page.evaluate(`(() => {
      const canvas = document.querySelector('canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((each) => each !== 0);
    })()`);
      expect(painted).toBe(false);
      expect(await barriers(page)).toEqual([]);
    },
    SLOW_MS,
  );

  (takesPictures ? it : it.skip)(
    'matches the image of the README',
    async () => {
      await send('PATCH', '/stage/load', { ordersPerSecond: 6 });
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await enter('/stage', { colorScheme, viewport: { width: 1_440, height: 1_000 } });
        await page.getByText(/sagas begin, [1-9]/).waitFor();
        await eventually(
          'curves of some seconds',
          () => page.evaluate(`document.querySelector('svg polyline')?.points.length ?? 0`),
          (points) => Number(points) > 15,
        );
        await takePicture(page, `stage-live${colorScheme === 'dark' ? '-dark' : ''}`);
        await visited.close();
      }
      await enter('/stage');
    },
    SLOW_MS,
  );

  // The last spec: its orders stay in flight for a while.
  it(
    'animates smoothly if more than a thousand events per second are requested',
    async () => {
      const page = await enter('/stage');
      await send('PATCH', '/stage/load', { ordersPerSecond: STORM });
      await page.getByText(/sagas begin, [1-9]\d/).waitFor();
      await demandFluent(page);
      await send('PATCH', '/stage/load', { ordersPerSecond: 0 });
      expect(visited.complaints).toEqual([]);
    },
    SLOW_MS,
  );
});
