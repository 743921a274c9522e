import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditorUrl, freePort, type RunningProcess, startAuditor } from '@quadrille/local';
import { type ReceivedSpan, receiveSpans, type SpanReceiver } from '@quadrille/testing';
import pg from 'pg';
import { whyNoContainers } from './engine.js';
import { eventually } from './eventually.js';
import { orderBody, orderThatFails } from './order-body.js';
import { exposedAt, labelsMissing, REQUIRED_SERIES, REQUIRED_SQL } from './required-series.js';
import { type Scraped, scrape, whyNotScraped } from './scraped.js';
import { type Stack, startStack } from './stack.js';
import { untilEnded } from './timeline.js';

const SLOW_MS = 180_000;
/** Spans are exported every few seconds. */
const EXPORTED_WITHIN_MS = 30_000;

let receiver: SpanReceiver;
let stack: Stack;
beforeAll(async () => {
  receiver = await receiveSpans();
  stack = await startStack({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
}, 300_000);
afterAll(async () => {
  await stack?.stop();
  await receiver?.stop();
}, 60_000);

describe('the trace of an order', () => {
  /** The path from the request that places an order to one of its steps, after every service has exported its spans. */
  async function pathOf(orderId: string, lastStep: string): Promise<string[]> {
    const look = async () => {
      const begun = receiver.spans.find(
        ({ name, attributes }) => name === 'place-order' && attributes['quadrille.key'] === orderId,
      );
      return pathTo(
        lastStep,
        receiver.spans.filter(({ traceId }) => traceId === begun?.traceId),
      );
    };
    return eventually(`the way to ${lastStep}`, look, ([first]) => first === 'order: POST /orders', EXPORTED_WITHIN_MS);
  }

  /** The path from a span to its root, each with its service. */
  function pathTo(name: string, spans: readonly ReceivedSpan[]): string[] {
    const path: string[] = [];
    for (
      let at = spans.find((span) => span.name === name);
      at;
      at = spans.find(({ spanId }) => spanId === at?.parentSpanId)
    ) {
      path.unshift(`${at.service}: ${at.name}`);
    }
    return path;
  }

  it(
    'goes through all four services in the order of the saga, each step below its event',
    async () => {
      const { body } = await stack.shop.placeOrder(orderBody());
      expect(await pathOf(body.orderId, 'complete-order')).toEqual([
        'order: POST /orders',
        'order: place-order',
        'order: publish quadrille.order.created',
        'payment: authorize-payment',
        'payment: publish quadrille.payment.authorized',
        'inventory: reserve-inventory',
        'inventory: publish quadrille.inventory.reserved',
        'shipping: create-shipment',
        'shipping: publish quadrille.shipping.shipment-created',
        'payment: capture-payment',
        'payment: publish quadrille.payment.captured',
        'order: complete-order',
      ]);
    },
    SLOW_MS,
  );

  it(
    'continues through the compensation',
    async () => {
      const { body } = await stack.shop.placeOrder(orderThatFails('ShipmentFailed'));
      const path = await pathOf(body.orderId, 'cancel-order');
      expect(path.filter((each) => !each.includes('publish'))).toEqual([
        'order: POST /orders',
        'order: place-order',
        'payment: authorize-payment',
        'inventory: reserve-inventory',
        'shipping: create-shipment',
        'inventory: release-inventory',
        'payment: return-payment',
        'order: cancel-order',
      ]);
    },
    SLOW_MS,
  );
});

describe('the queries of dashboard and alerts', () => {
  let auditor: RunningProcess | undefined;
  afterAll(() => auditor?.stop(), SLOW_MS);

  it(
    'match the metrics of running services and of the auditor, including labels',
    async () => {
      const port = await freePort();
      auditor = await startAuditor(stack.dataDir, port);
      const { body } = await stack.shop.placeOrder(orderThatFails('ShipmentFailed'));
      await untilEnded(stack, body.orderId);
      const urls = [...Object.values(stack.system.adminUrls), auditorUrl(port)];
      const missing = await eventually(
        'every series with its labels',
        async () => {
          const exposed = await Promise.all(urls.map(exposedAt));
          return [
            ...REQUIRED_SERIES.filter((name) => !exposed.some(({ series }) => series.has(name))),
            ...labelsMissing(exposed),
          ];
        },
        (names) => names.length === 0,
      );
      expect(missing).toEqual([]);
      expect(REQUIRED_SERIES.length).toBeGreaterThan(30);
    },
    SLOW_MS,
  );

  it('run on the database of the storefront', async () => {
    const client = new pg.Client({ connectionString: stack.system.databases.storefront });
    await client.connect();
    try {
      const fields = await Promise.all(REQUIRED_SQL.map(async (sql) => (await client.query(sql)).fields.length));
      expect(fields).toEqual([7]);
    } finally {
      await client.end();
    }
  });
});

const why = whyNotScraped(whyNoContainers());

(why ? describe.skip : describe)(`Prometheus${why ? ` (skipped, because ${why})` : ''}`, () => {
  let prometheus: Scraped;
  beforeAll(async () => {
    prometheus = await scrape(Object.values(stack.system.adminUrls));
  }, SLOW_MS);
  afterAll(() => prometheus?.stop(), SLOW_MS);

  it(
    'scrapes every service',
    async () => {
      const hosts = Object.values(stack.system.adminUrls).map((url) => new URL(url).host);
      const wanted = Object.fromEntries(hosts.map((host) => [host, 1]));
      const seen = await eventually(
        'a scrape of each',
        () => prometheus.query('up', 'instance'),
        (up) => hosts.every((host) => up[host] === 1),
      );
      expect(seen).toEqual(wanted);
    },
    SLOW_MS,
  );

  it(
    'counts a completed order and a cancelled one',
    async () => {
      const orders = [orderBody(), orderThatFails('PaymentFailed')];
      for (const body of orders) await untilEnded(stack, (await stack.shop.placeOrder(body)).body.orderId);
      const endings = await eventually(
        'both endings',
        () => prometheus.query('sum by (ending) (quadrille_saga_duration_seconds_count)', 'ending'),
        ({ COMPLETED = 0, CANCELLED = 0 }) => COMPLETED > 0 && CANCELLED > 0,
      );
      expect(Object.keys(endings).sort()).toEqual(['CANCELLED', 'COMPLETED']);
      await eventually(
        'nothing under way',
        () => prometheus.query('sum by (state) (quadrille_sagas_active)', 'state'),
        ({ PLACED, CANCELLING }) => PLACED === 0 && CANCELLING === 0,
      );
    },
    SLOW_MS,
  );

  it(
    'evaluates every alert, and none fires on a healthy system',
    async () => {
      const rules = await eventually('an evaluation of each', prometheus.rules, (seen) =>
        seen.every(({ health }) => health === 'ok'),
      );
      expect(rules.length).toBeGreaterThan(10);
      expect(rules.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual([]);
    },
    SLOW_MS,
  );
});
