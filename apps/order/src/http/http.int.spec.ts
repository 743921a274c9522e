import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArgumentsHost, Module, type PipeTransform } from '@nestjs/common';
import { APP_PIPE, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { type DomainEvent, ERASED, ignore, type PersonalData, statesOf, withoutKeys } from '@quadrille/choreography';
import { exampleOrder, OrderCancelled, OrderCompleted, orderDetailsOf, ProductListed } from '@quadrille/contracts';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import {
  type CommandOptions,
  type CommandOutcome,
  Commands,
  InvalidInput,
  newId,
  PERSONAL_DATA,
  type Principal,
  Problem,
} from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { type Order, orders } from '../domain/order.js';
import { products } from '../domain/product.js';
import { order as definition } from '../order.js';
import { OrderRecord } from '../persistence/order-record.js';
import { orderStore } from '../persistence/orders.js';
import { productStore } from '../persistence/products.js';
import { transactionOn } from '../persistence/typeorm-tx.js';

const store = orderStore(3);
const NOW = '2026-01-01T10:00:00.000Z';
let now = NOW;

/** Identity is not configured, except in tests that set a principal. */
const ANYONE: Principal = { subject: undefined, customerId: undefined };
let principal = ANYONE;
let personalData = withoutKeys;

/** Runs commands one at a time on the real steps and stores, and stores answers; the runner's own specs cover batches. */
class OneAtATime extends Commands {
  private readonly answered = new Map<string, CommandOutcome>();

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async run(name: string, data: any, { key, idempotencyKey }: CommandOptions): Promise<CommandOutcome> {
    const known = idempotencyKey && this.answered.get(`${idempotencyKey.owner} ${idempotencyKey.key}`);
    if (known) return known;
    const step = definition.steps.steps.find((each) => each.name === name)!;
    const loaded = step.loads(data);
    const outcome = await transactionOn(this.dataSource)(async (tx): Promise<CommandOutcome> => {
      const before = (await store.load(tx, [key])).get(key);
      const skus = (data.items ?? []).map(({ sku }: { sku: string }) => sku);
      const listed = await productStore.load(tx, skus);
      const states = statesOf(loaded, (ref) =>
        ref.aggregate === orders ? (before ?? orders.initial(key)) : (listed.get(ref.key) ?? products.initial(ref.key)),
      );
      const decided = step.decide(states, data, undefined);
      if (decided === ignore) return { nothing: true };
      if ('refused' in decided) return { refused: decided };
      await persist(tx, key, before, decided);
      return { event: { ...envelope(key), data: decided.data } };
    });
    if (idempotencyKey) this.answered.set(`${idempotencyKey.owner} ${idempotencyKey.key}`, outcome);
    return outcome;
  }
}

const envelope = (subject: string) => ({
  id: newId(),
  type: 'quadrille.order.created.v2',
  source: '/order/place-order',
  subject,
  time: now,
  correlationid: subject,
});

async function persist(
  tx: Parameters<typeof store.save>[0],
  key: string,
  before: Order | undefined,
  event: DomainEvent,
) {
  const after = orders.evolve(before ?? orders.initial(key), event as never, now);
  await store.save(tx, [{ key, before, after, events: [{ ...event, id: newId(), at: now }] }]);
}

/** The event that the rest of the saga made the order service emit. */
const handled = (orderId: string, emitting: (order: Order & { status: 'placed' }) => DomainEvent) =>
  transactionOn(dataSource)(async (tx) => {
    const before = (await store.load(tx, [orderId])).get(orderId);
    await persist(tx, orderId, before, emitting(before as Order & { status: 'placed' }));
  });

/** The responses in short: the status, and the code instead of the whole problem. */
const problems = {
  catch(thrown: any, host: ArgumentsHost) {
    const status = thrown instanceof Problem || thrown instanceof InvalidInput ? thrown.status : 500;
    const errors = thrown instanceof InvalidInput ? thrown.errors : undefined;
    const body = { code: thrown.code ?? String(thrown), errors, pointers: thrown.extensions?.pointers };
    host.switchToHttp().getResponse().status(status).send(body);
  },
};
const validation: PipeTransform = {
  async transform(value, { schema, type, data }) {
    if (!schema) return value;
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    throw new InvalidInput(value, result.issues, {
      from: type === 'body' ? 'body' : 'parameter',
      ...(data && { name: data }),
    });
  },
};

let folder: string;
let postgres: LocalPostgres;
let dataSource: DataSource;
let app: NestFastifyApplication;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quadrille-order-http-'));
  postgres = await startPostgres({ dataDir: folder });
  const url = await postgres.createService('order', 'secret');
  dataSource = await new DataSource({
    type: 'postgres',
    url,
    migrations: [...definition.migrations],
    entities: [OrderRecord],
  }).initialize();
  await dataSource.runMigrations();
  @Module({
    controllers: [...definition.controllers],
    providers: [
      { provide: DataSource, useValue: dataSource },
      { provide: Commands, useValue: new OneAtATime(dataSource) },
      { provide: PERSONAL_DATA, useValue: { open: (...of) => personalData.open(...of) } satisfies PersonalData },
      { provide: APP_PIPE, useValue: validation },
    ],
  })
  class OrderModule {}
  app = await NestFactory.create<NestFastifyApplication>(OrderModule, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(problems);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request: object) => {
      Object.assign(request, { principal });
    });
  await app.listen(0, '127.0.0.1');
  await transactionOn(dataSource)((tx) =>
    productStore.save(
      tx,
      ['MUG-BLUE', 'TEAPOT'].map((sku, at) => {
        const event = ProductListed({ sku, name: sku, price: [1_250, 3_400][at]!, currency: 'GBP', weightGrams: 1 });
        return { key: sku, before: undefined, after: products.evolve(products.initial(sku), event, NOW), events: [] };
      }),
    ),
  );
});

afterAll(async () => {
  await app?.close();
  await dataSource?.destroy();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  now = NOW;
  principal = ANYONE;
  personalData = withoutKeys;
});

const { customerId, shippingAddress } = exampleOrder();
const body = (changes: object = {}) => ({
  customerId,
  items: [
    { sku: 'MUG-BLUE', quantity: 2 },
    { sku: 'TEAPOT', quantity: 1 },
  ],
  shippingAddress,
  payment: { method: 'account' },
  currency: 'GBP',
  ...changes,
});

async function send(method: 'GET' | 'POST', url: string, payload?: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${await app.getUrl()}${url}`, {
    method,
    headers: { ...headers, ...(payload && { 'content-type': 'application/json' }) },
    ...(payload && { body: JSON.stringify(payload) }),
  });
  const json: any = await answer.json();
  return { status: answer.status, location: answer.headers.get('location'), body: json };
}
const place = (changes: object = {}, headers: Record<string, string> = {}) =>
  send('POST', '/orders', body(changes), headers);
const placed = async (changes: object = {}): Promise<string> => (await place(changes)).body.orderId;

describe('POST /orders', () => {
  it('accepts an order and returns its location', async () => {
    const { status, location, body: taken } = await place();
    expect(status).toBe(202);
    expect(taken).toEqual({ orderId: expect.any(String), status: 'PLACED', total: 5_900, currency: 'GBP' });
    expect(location).toBe(`/orders/${taken.orderId}`);
    expect((await send('GET', location!)).body).toEqual({
      ...exampleOrder({ orderId: taken.orderId }),
      status: 'PLACED',
      reason: null,
      placedAt: NOW,
      endedAt: null,
      version: 1,
    });
  });

  it('returns the same order for the same idempotency key', async () => {
    const first = await place({}, { 'idempotency-key': 'basket-1' });
    const second = await place({}, { 'idempotency-key': 'basket-1' });
    expect(second).toEqual(first);
  });

  it('distinguishes guests by their addresses: the same idempotency key is a separate order for each', async () => {
    const key = { 'idempotency-key': 'guest-basket' };
    const guest = { customerId: null, payment: { method: 'card', token: 'tok_visa' } };
    const neighbour = { ...guest, shippingAddress: { ...shippingAddress, line1: '13 St James’s Square' } };
    const [first, other] = [await place(guest, key), await place(neighbour, key)];
    expect([first.status, other.status]).toEqual([202, 202]);
    expect(other.body.orderId).not.toBe(first.body.orderId);
    expect(await place(guest, key)).toEqual(first);
    expect(await place(neighbour, key)).toEqual(other);
  });

  it("ignores the case of a customer's UUID", async () => {
    const capitals = 'ABCDEFAB-0000-7000-8000-0000000000AD';
    const orderId = await placed({ customerId: capitals });
    const { body: order } = await send('GET', `/orders/${orderId.toUpperCase()}`);
    expect(order.customerId).toBe(capitals.toLowerCase());
    expect((await send('GET', `/orders?customerId=${capitals}`)).body.orders).toEqual([order]);
  });

  it('points at an unknown SKU', async () => {
    expect(await place({ items: [{ sku: 'KETTLE', quantity: 1 }] })).toMatchObject({
      status: 422,
      body: { code: 'unknown-sku', pointers: ['/items/0/sku'] },
    });
  });

  it('points at the payment of a guest, who has no account, also without a customerId', async () => {
    expect(await place({ customerId: undefined })).toMatchObject({
      status: 422,
      body: { code: 'unacceptable-values', pointers: ['/payment/method'] },
    });
  });

  it.each([
    ['an account that a guest does not have', { customerId: null }, 422, '/payment/method'],
    ['a quantity of zero', { items: [{ sku: 'TEAPOT', quantity: 0 }] }, 422, '/items/0/quantity'],
    ['a currency that the shop does not offer', { currency: 'CHF' }, 422, '/currency'],
    [
      'a country that does not exist',
      { shippingAddress: { ...shippingAddress, country: 'XX' } },
      422,
      '/shippingAddress/country',
    ],
    [
      'a malformed country code',
      { shippingAddress: { ...shippingAddress, country: 'England' } },
      400,
      '/shippingAddress/country',
    ],
    ['a malformed UUID', { customerId: 'ada' }, 400, '/customerId'],
    ['no items', { items: [] }, 422, '/items'],
    ['10,000 lines', { items: Array(10_000).fill({ sku: 'TEAPOT', quantity: 1 }) }, 422, '/items'],
  ])('points at %s', async (_, changes, status, pointer) => {
    const answer = await place(changes);
    expect([answer.status, answer.body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([
      status,
      [pointer],
    ]);
  });
});

describe('POST /orders/:id/cancellation', () => {
  const cancel = (orderId: string, payload?: object) => send('POST', `/orders/${orderId}/cancellation`, payload);

  it('starts the compensation of an order, and returns the same when repeated', async () => {
    const orderId = await placed();
    const answer = { status: 202, body: { orderId, status: 'CANCELLING' } };
    expect(await cancel(orderId, { reason: 'changed-my-mind' })).toMatchObject(answer);
    expect(await cancel(orderId, { reason: 'still' })).toMatchObject(answer);
    expect((await send('GET', `/orders/${orderId}`)).body).toMatchObject({ reason: 'changed-my-mind', version: 2 });
  });

  it('needs no body', async () => {
    const orderId = await placed();
    expect((await cancel(orderId)).status).toBe(202);
    expect((await send('GET', `/orders/${orderId}`)).body.reason).toBe('requested-by-customer');
  });

  it('reports that an order is already cancelled', async () => {
    const orderId = await placed();
    await handled(orderId, ({ details }) =>
      OrderCancelled({ ...orderDetailsOf(details), reason: 'insufficient-funds' }),
    );
    expect((await cancel(orderId)).body).toEqual({ orderId, status: 'CANCELLED' });
  });

  it('refuses a completed order', async () => {
    const orderId = await placed();
    await handled(orderId, ({ details }) => OrderCompleted(orderDetailsOf(details)));
    expect(await cancel(orderId)).toMatchObject({ status: 409, body: { code: 'order-completed' } });
  });

  it('rejects an unknown order and an invalid id', async () => {
    expect(await cancel(newId())).toMatchObject({ status: 404, body: { code: 'unknown-order' } });
    expect(await cancel('42')).toMatchObject({ status: 400, body: { errors: [{ parameter: 'id' }] } });
  });
});

describe('GET /orders', () => {
  it('lists a customer’s orders page by page, the youngest first', async () => {
    const mine = newId();
    const placedOnes: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      // Two have the same time: the id decides.
      now = `2026-01-01T10:00:0${Math.min(at, 3)}.000Z`;
      placedOnes.push(await placed({ customerId: mine }));
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null; pages += 1) {
      expect(pages).toBeLessThan(3);
      const { body: page } = await send('GET', `/orders?customerId=${mine}&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.orders.map(({ orderId }: { orderId: string }) => orderId));
      cursor = page.next;
    }
    const [a, b, c, ...twins] = placedOnes;
    expect(seen).toEqual([...twins.sort().reverse(), c, b, a]);
  });

  it('lists by status', async () => {
    const orderId = await placed({ customerId: newId() });
    await handled(orderId, ({ details }) => OrderCompleted(orderDetailsOf(details)));
    const { body: page } = await send('GET', '/orders?status=COMPLETED');
    expect(page.orders.map(({ status }: { status: string }) => status)).not.toContain('PLACED');
    expect(page.orders.map((each: { orderId: string }) => each.orderId)).toContain(orderId);
  });

  it('rejects a forged cursor, an unknown status and a page without a limit', async () => {
    expect(await send('GET', '/orders?cursor=x')).toMatchObject({ status: 400, body: { code: 'malformed-cursor' } });
    expect((await send('GET', '/orders?status=LOST')).body.errors).toMatchObject([{ parameter: 'status' }]);
    expect((await send('GET', '/orders?limit=501')).body.errors).toMatchObject([{ parameter: 'limit' }]);
  });

  it('opens the address with the key of the customer, or of the order of a guest, and shows that it was erased', async () => {
    const orderId = await placed();
    const guest = await placed({ customerId: null, payment: { method: 'card', token: 'tok_visa' } });
    const requests: string[] = [];
    personalData = {
      open: async (subject: string, { name: _, ...rest }: any) => {
        requests.push(subject);
        return { ...rest, name: ERASED } as any;
      },
    };
    for (const path of [`/orders/${orderId}`, `/orders/${guest}`]) {
      expect((await send('GET', path)).body.shippingAddress).toMatchObject({ name: { erased: true }, city: 'London' });
    }
    expect(requests).toEqual([customerId, guest]);
    const { orders } = (await send('GET', `/orders?customerId=${customerId}&limit=1`)).body;
    expect(orders[0].shippingAddress.name).toEqual({ erased: true });
    requests.length = 0;
    await send('GET', `/orders/${guest}/history`);
    expect(requests).toEqual([guest]);
  });

  it('rejects an unknown order and an invalid id', async () => {
    expect(await send('GET', `/orders/${newId()}`)).toMatchObject({ status: 404, body: { code: 'unknown-order' } });
    expect((await send('GET', '/orders/42')).status).toBe(400);
  });
});

describe('GET /products/:sku', () => {
  it('returns the price of an order placed now', async () => {
    const offer = { sku: 'TEAPOT', name: 'TEAPOT', price: 3_400, currency: 'GBP' };
    expect(await send('GET', '/products/TEAPOT')).toMatchObject({ status: 200, body: offer });
  });

  it('does not have a product before its first event', async () => {
    expect(await send('GET', '/products/GHOST')).toMatchObject({ status: 404, body: { code: 'unknown-sku' } });
  });
});

describe('GET /orders/:id/history', () => {
  const history = async (orderId: string, query = '') => {
    const { status, body: answered } = await send('GET', `/orders/${orderId}/history${query}`);
    const types = answered.events?.map(({ type }: { type: string }) => type);
    return { status, types, order: answered.order, code: answered.code, events: answered.events };
  };
  const cancelledOrder = async () => {
    const orderId = await placed();
    now = '2026-01-01T10:00:05.000Z';
    await send('POST', `/orders/${orderId}/cancellation`, { reason: 'changed-my-mind' });
    now = '2026-01-01T10:00:09.000Z';
    await handled(orderId, ({ details }) => OrderCancelled({ ...orderDetailsOf(details), reason: 'changed-my-mind' }));
    return orderId;
  };

  it('returns all events, and the current order', async () => {
    const orderId = await cancelledOrder();
    const whole = await history(orderId);
    expect(whole.types).toEqual(['OrderCreated', 'OrderCancellationRequested', 'OrderCancelled']);
    expect(whole.events[1]).toMatchObject({
      version: 2,
      at: '2026-01-01T10:00:05.000Z',
      data: { requestedBy: 'customer' },
    });
    expect(whole.order).toEqual((await send('GET', `/orders/${orderId}`)).body);
  });

  it('returns the order at a version', async () => {
    const orderId = await cancelledOrder();
    expect(await history(orderId, '?version=1')).toMatchObject({
      types: ['OrderCreated'],
      order: { status: 'PLACED' },
    });
    expect(await history(orderId, '?version=2')).toMatchObject({ order: { status: 'CANCELLING', version: 2 } });
    expect(await history(orderId, '?version=4')).toMatchObject({ status: 404, code: 'unknown-version' });
  });

  it('returns the order at a time', async () => {
    const orderId = await cancelledOrder();
    const at = (time: string) => history(orderId, `?at=${encodeURIComponent(time)}`);
    expect(await at('2026-01-01T09:59:59Z')).toMatchObject({ status: 200, types: [], order: null });
    expect(await at('2026-01-01T10:00:04Z')).toMatchObject({ order: { status: 'PLACED' } });
    expect(await at('2026-01-01T11:00:05+01:00')).toMatchObject({ order: { status: 'CANCELLING' } });
    expect(await at('2026-01-01T10:00:09Z')).toMatchObject({ order: { status: 'CANCELLED' } });
  });

  it('rejects an invalid version, an invalid time, and both', async () => {
    const orderId = await placed();
    expect((await history(orderId, '?version=first')).status).toBe(400);
    expect((await history(orderId, '?version=0')).status).toBe(422);
    expect((await history(orderId, '?at=yesterday')).status).toBe(400);
    expect((await history(orderId, '?version=1&at=2026-01-01T00:00:00Z')).status).toBe(422);
    expect(await history(newId())).toMatchObject({ status: 404, code: 'unknown-order' });
  });
});

describe('a signed-in customer', () => {
  const as = (id: string | undefined) => {
    principal = { subject: id, customerId: id };
  };
  const ben = newId();

  it('orders only in their own name', async () => {
    as(ben);
    const { orderId } = (await place({ customerId: undefined, payment: { method: 'account' } })).body;
    expect((await send('GET', `/orders/${orderId}`)).body.customerId).toBe(ben);
    expect((await place({ customerId: ben.toUpperCase() })).status).toBe(202);
    const refused = await place();
    expect([refused.status, refused.body]).toEqual([403, { code: 'another-customer', pointers: ['/customerId'] }]);
  });

  it('sees only their own orders, without a hint of others', async () => {
    const others = await placed();
    const guests = await placed({ customerId: null, payment: { method: 'card', token: 'tok_visa' } });
    as(ben);
    for (const orderId of [others, guests]) {
      for (const path of ['', '/history']) {
        expect(await send('GET', `/orders/${orderId}${path}`)).toEqual(
          expect.objectContaining({ status: 404, body: { code: 'unknown-order' } }),
        );
      }
      expect((await send('POST', `/orders/${orderId}/cancellation`)).status).toBe(404);
    }
    const { orders: own } = (await send('GET', '/orders')).body;
    expect(own.length).toBeGreaterThan(0);
    expect(own.every((each: { customerId: string }) => each.customerId === ben)).toBe(true);
    expect((await send('GET', `/orders?customerId=${customerId}`)).body).toEqual({ orders: [], next: null });
    as(undefined);
    expect((await send('GET', `/orders/${others}`)).body.status).toBe('PLACED');
  });

  it('cancels only their own order', async () => {
    as(ben);
    const { orderId } = (await place({ customerId: ben })).body;
    expect((await send('POST', `/orders/${orderId}/cancellation`)).body.status).toBe('CANCELLING');
    expect((await send('GET', `/orders/${orderId}/history`)).body.events).toHaveLength(2);
  });
});

describe('the OpenAPI document', () => {
  it('describes every operation with its parameters, body and responses', () => {
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    const answered = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, any>).map(([method, operation]) => [
        `${method} ${path}`,
        (operation.parameters ?? []).map(({ name }: { name: string }) => name),
        operation.requestBody !== undefined,
        Object.keys(operation.responses),
      ]),
    );
    expect(answered).toEqual([
      ['post /orders', ['Idempotency-Key'], true, ['202', '400', '403', '409', '422', '500', '503']],
      ['get /orders', ['customerId', 'status', 'cursor', 'limit'], false, ['200', '400', '422']],
      ['post /orders/{id}/cancellation', ['id'], true, ['202', '400', '404', '409', '422']],
      ['get /orders/{id}/history', ['id', 'version', 'at'], false, ['200', '400', '404', '422']],
      ['get /orders/{id}', ['id'], false, ['200', '400', '404']],
      ['get /products/{sku}', ['sku'], false, ['200', '400', '404']],
    ]);
  });
});
