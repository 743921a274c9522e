import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createKeysDatabase, type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { bootService, type RunningService } from '@quadrille/nest/run';
import pg from 'pg';
import { order } from './order.js';

const folder = mkdtempSync(join(tmpdir(), 'quadrille-keys-unavailable-'));
/** Two servers, as in production: one can stop alone. */
let postgres: LocalPostgres;
let keys: LocalPostgres;
let kafka: LocalKafka;
let database: pg.Pool;
let service: RunningService;

const startKeys = (port?: number) => startPostgres({ dataDir: join(folder, 'keys'), ...(port && { port }) });

beforeAll(async () => {
  [postgres, keys, kafka] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres') }),
    startKeys(),
    startKafka({ dataDir: join(folder, 'kafka') }),
  ]);
  const DATABASE_URL = await postgres.createService('order', 'secret');
  service = await bootService(
    order,
    {
      DATABASE_URL,
      ...(await createKeysDatabase(keys, folder)),
      KAFKA_BROKERS: kafka.brokers.join(','),
      AUTH: 'none',
      PORT: '0',
      LOG_LEVEL: 'silent',
    },
    (error) => {
      throw error;
    },
  );
  database = new pg.Pool({ connectionString: DATABASE_URL, max: 1 });
  await database.query(`insert into products values ('TEAPOT', 'Teapot', 3400, 'GBP', 900, now())`);
});
afterAll(async () => {
  await service?.stop();
  await database?.end();
  await kafka?.stop();
  await keys?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ADDRESS = { name: 'Ada', line1: '12 St James’s Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };
const [ADA, GRACE] = ['0000ada0-0000-4000-8000-000000000000', '0000ada0-0000-4000-8000-000000000001'];

async function place(customerId: string, key: string) {
  const answer = await fetch(`${service.url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({
      ...{ customerId, items: [{ sku: 'TEAPOT', quantity: 1 }], currency: 'GBP' },
      ...{ shippingAddress: ADDRESS, payment: { method: 'account' } },
    }),
  });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: (await answer.json()) as any };
}
async function get(path: string) {
  const answer = await fetch(`${service.url}${path}`);
  return { status: answer.status, body: (await answer.json()) as any };
}
const stored = async () => (await database.query('select count(*)::int as n from orders')).rows[0].n;

it('rejects orders that need the unavailable keys with 503, is not ready, and loses nothing', async () => {
  expect((await get('/health/ready')).body.parts.personalDataKeys).toMatchObject({ ok: true });
  expect((await place(ADA, 'first')).status).toBe(202);
  const { port } = keys;
  await keys.stop();

  expect(await place(GRACE, 'second')).toMatchObject({
    status: 503,
    retryAfter: '5',
    body: {
      type: 'urn:quadrille:problem:personal-data-unavailable',
      detail: 'The keys of personal data are unavailable. Nothing was changed. Try again soon.',
    },
  });
  expect(await stored()).toBe(1);
  const { status, body } = await get('/health/ready');
  expect([status, body.parts.database.ok, body.parts.personalDataKeys.ok]).toEqual([503, true, false]);
  expect((await get('/health/live')).status).toBe(200);

  keys = await startKeys(port);
  const placed = await place(GRACE, 'second');
  expect(placed.status).toBe(202);
  expect((await place(GRACE, 'second')).body).toEqual(placed.body);
  expect(await stored()).toBe(2);
  expect((await get(`/orders/${placed.body.orderId}`)).body.shippingAddress).toEqual(ADDRESS);
  expect((await get('/health/ready')).status).toBe(200);
});
