import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudEventType, topicOf } from '@quadrille/choreography';
import { checkout, exampleOrder, PaymentAuthorized } from '@quadrille/contracts';
import { EventProducer, encodeCloudEvent } from '@quadrille/kafka';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { newId } from '@quadrille/nest';
import { bootService, type RunningService } from '@quadrille/nest/run';
import pg from 'pg';
import { inventory } from './inventory.js';

const folder = mkdtempSync(join(tmpdir(), 'quadrille-inventory-'));
let postgres: LocalPostgres;
let kafka: LocalKafka;
let service: RunningService;
let databaseUrl: string;

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  kafka = await startKafka({ dataDir: join(folder, 'kafka') });
  databaseUrl = await postgres.createService('inventory', 'secret');
  const env = { DATABASE_URL: databaseUrl, KAFKA_BROKERS: kafka.brokers.join(','), PORT: '0', LOG_LEVEL: 'silent' };
  service = await bootService(inventory, env, (error) => {
    throw error;
  });
});

afterAll(async () => {
  await service?.stop();
  await kafka?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${service.url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as any };
}
const get = (path: string) => send('GET', path);
const problem = (code: string) => `urn:quadrille:problem:${code}`;

const teapot = { name: 'Teapot', price: 3_400, currency: 'GBP', weightGrams: 900 };
const list = (sku: string, changes: object = {}) => send('PUT', `/catalogue/${sku}`, { ...teapot, ...changes });
const receive = (sku: string, quantity: unknown, key?: string) =>
  send('POST', `/stock/${sku}/receipts`, { quantity }, key === undefined ? {} : { 'idempotency-key': key });

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const since = Date.now(); !(await holds()); await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (Date.now() - since > 30_000) throw new Error(`Condition not met in time: ${what}.`);
  }
}

/** Runs SQL directly, to write rows that only events create. */
async function rows(sql: string, values: unknown[] = []): Promise<any[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

describe('the catalogue', () => {
  it('stores the last version of a product, and does not change if the same is put again', async () => {
    const first = await list('CAT-1');
    expect(first).toEqual({ status: 200, body: { sku: 'CAT-1', ...teapot, changedAt: expect.any(String) } });
    expect(await list('CAT-1')).toEqual(first);
    const changed = await list('CAT-1', { price: 2_900 });
    expect(changed.body).toMatchObject({ price: 2_900 });
    expect(changed.body.changedAt > first.body.changedAt).toBe(true);
    expect(await get('/catalogue/CAT-1')).toEqual(changed);
  });

  it('distinguishes SKUs with blanks from their prefixes', async () => {
    await list('A%20B');
    expect((await get('/catalogue/A%20B')).body.sku).toBe('A B');
    expect((await get('/catalogue/A')).body.type).toBe(problem('unknown-sku'));
  });

  it('points to every invalid field', async () => {
    const malformed = await send('PUT', '/catalogue/CAT-2', { name: 7, price: '1' });
    expect(malformed.status).toBe(400);
    expect(malformed.body.errors.map((each: any) => each.pointer).sort()).toEqual([
      ...['/currency', '/name', '/price', '/weightGrams'],
    ]);
    for (const wrong of [{ price: -1 }, { price: 2 ** 53 }, { name: ' ' }, { weightGrams: 0.5 }, { currency: 'JPY' }]) {
      const { status, body } = await list('CAT-2', wrong);
      expect([400, 422]).toContain(status);
      expect(body.errors).toMatchObject([{ pointer: `/${Object.keys(wrong)[0]}` }]);
    }
    expect((await list('-')).status).toBe(400);
    expect((await get('/catalogue/CAT-2')).status).toBe(404);
  });
});

describe('the stock', () => {
  it('counts receipts, and a repeated one once', async () => {
    await list('STOCK-1');
    const empty = { sku: 'STOCK-1', received: 0, available: 0, reserved: 0, sold: 0, changedAt: null };
    expect((await get('/stock/STOCK-1')).body).toEqual(empty);

    const first = await receive('STOCK-1', 5, 'delivery-1');
    expect(first).toEqual({ status: 201, body: { sku: 'STOCK-1', receiptId: expect.any(String), quantity: 5 } });
    expect(await receive('STOCK-1', 5, 'delivery-1')).toEqual(first);
    expect((await receive('STOCK-1', 6, 'delivery-1')).body.type).toBe(problem('idempotency-key-reused'));
    await receive('STOCK-1', 2);
    await receive('STOCK-1', 2);
    expect((await get('/stock/STOCK-1')).body).toMatchObject({ received: 9, available: 9, reserved: 0, sold: 0 });
  });

  it('counts each of many concurrent receipts of one SKU once', async () => {
    await list('STOCK-2');
    const answers = await Promise.all(Array.from({ length: 200 }, () => receive('STOCK-2', 1)));
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect(new Set(answers.map(({ body }) => body.receiptId)).size).toBe(200);
    expect((await get('/stock/STOCK-2')).body).toMatchObject({ received: 200, available: 200 });
  });

  it('rejects an unlisted SKU, an invalid quantity and a total that would not be exact', async () => {
    expect(await receive('NOWHERE', 1)).toMatchObject({ status: 404, body: { type: problem('unknown-sku') } });
    expect(await get('/stock/NOWHERE')).toMatchObject({ status: 404, body: { type: problem('unknown-sku') } });
    await list('STOCK-3');
    for (const quantity of [0, -1, 1_000_001, 1.5, '7', null]) {
      const { status, body } = await receive('STOCK-3', quantity);
      expect([400, 422]).toContain(status);
      expect(body.errors).toMatchObject([{ pointer: '/quantity' }]);
    }
    await rows(`insert into stock values ('STOCK-3', $1, $1, 0, 0, now())`, [Number.MAX_SAFE_INTEGER]);
    const full = { status: 422, body: { type: problem('too-much-stock'), errors: [{ pointer: '/quantity' }] } };
    expect(await receive('STOCK-3', 1)).toMatchObject(full);
  });

  it('is listed completely and in order, page by page', async () => {
    const skus = Array.from({ length: 7 }, (_, nth) => `PAGE-${nth}`);
    for (const sku of skus) await list(sku);
    for (const [path, entries] of [
      ['/stock', 'stock'],
      ['/catalogue', 'products'],
    ] as const) {
      const seen: string[] = [];
      let next = '';
      do {
        const page = await get(`${path}?limit=3${next && `&cursor=${next}`}`);
        expect(page.body[entries].length).toBeLessThanOrEqual(3);
        seen.push(...page.body[entries].map(({ sku }: { sku: string }) => sku));
        next = page.body.next;
      } while (next);
      expect(seen).toEqual([...seen].sort());
      expect(seen.filter((sku) => sku.startsWith('PAGE-'))).toEqual(skus);
    }
    expect((await get('/stock?cursor=***')).status).toBe(400);
    expect((await get('/stock?limit=501')).status).toBe(422);
  });
});

describe('a SKU locked by another session', () => {
  const idOf = (nth: number) => `01980000-0000-7000-8000-1000${String(nth).padStart(8, '0')}`;
  const orderOf = (nth: number, sku: string) =>
    exampleOrder({ orderId: idOf(nth), items: [{ sku, quantity: 1, unitPrice: 100 }], total: 100 });
  const authorized = (order: ReturnType<typeof exampleOrder>) =>
    encodeCloudEvent(topicOf(checkout, PaymentAuthorized), {
      id: newId(),
      type: cloudEventType(PaymentAuthorized),
      source: '/payment/authorize-payment',
      subject: order.orderId,
      time: '2026-01-01T00:00:00.000Z',
      correlationid: order.orderId,
      data: order,
    });
  const reserved = async (sku: string) => Number((await get(`/stock/${sku}`)).body.reserved);

  it('delays only its own orders and callers, which continue when the lock is released', async () => {
    for (const sku of ['HELD', 'FREE']) {
      await list(sku);
      await receive(sku, 100);
    }
    const producer = new EventProducer({ brokers: kafka.brokers, clientId: 'payment' });
    const holder = new pg.Client(databaseUrl);
    await holder.connect();
    await holder.query('begin');
    await holder.query("select from stock where sku = 'HELD' for update");
    try {
      await producer.send(Array.from({ length: 40 }, (_, nth) => authorized(orderOf(nth, nth % 2 ? 'HELD' : 'FREE'))));
      await until('the orders of the other SKU are reserved', async () => (await reserved('FREE')) === 20);
      expect(await reserved('HELD')).toBe(0);
      const refused = await receive('HELD', 1);
      expect([refused.status, refused.body.type]).toEqual([503, problem('locked')]);
      expect((await receive('FREE', 1)).status).toBe(201);
      expect((await get('/health/ready')).status).toBe(200);
      const { body } = await get('/dead-letters?limit=200');
      expect(new Set(body.deadLetters.map(({ state, code }: any) => `${state} ${code}`))).toEqual(
        new Set(['retrying locked']),
      );
    } finally {
      await holder.query('rollback');
      await holder.end();
    }
    await until('the orders of the SKU are reserved', async () => (await reserved('HELD')) === 20);
    await producer.disconnect();
  }, 60_000);
});

describe('a reservation', () => {
  it('is returned with its lines, and unknown before the first event of its order', async () => {
    const { orderId, items } = exampleOrder();
    expect((await get(`/reservations/${orderId}`)).body.type).toBe(problem('unknown-reservation'));
    const at = '2026-01-01T00:00:00.000Z';
    await rows(`insert into reservations values ($1, 'reserved', $2, null, $3, $3)`, [
      orderId,
      JSON.stringify(items),
      at,
    ]);
    const shown = { orderId, items, status: 'reserved', reason: null, createdAt: at, changedAt: at };
    expect((await get(`/reservations/${orderId.toUpperCase()}`)).body).toEqual(shown);
    expect((await get('/reservations/1')).status).toBe(400);
  });
});

describe('the OpenAPI document of the service', () => {
  it('describes every operation with its responses', async () => {
    const { body } = await get('/openapi.json');
    const mine = ['/catalogue', '/catalogue/{sku}', '/stock', '/stock/{sku}', '/stock/{sku}/receipts'];
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining([...mine, '/reservations/{orderId}']));
    const receipt = body.paths['/stock/{sku}/receipts'].post;
    expect(receipt.requestBody.content['application/json'].schema).toMatchObject({ required: ['quantity'] });
    expect(Object.keys(receipt.responses)).toEqual(expect.arrayContaining(['201', '400', '404', '409', '422']));
    expect(body.paths['/stock'].get.responses['200'].content['application/json'].schema).toMatchObject({
      properties: { stock: { type: 'array' } },
    });
  });
});
