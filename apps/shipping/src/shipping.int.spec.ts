import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exampleOrder } from '@quadrille/contracts';
import {
  createKeysDatabase,
  freePort,
  type LocalKafka,
  type LocalPostgres,
  startKafka,
  startPostgres,
} from '@quadrille/local';
import { bootService, type RunningService } from '@quadrille/nest/run';
import pg from 'pg';
import { shipping } from './shipping.js';

const folder = mkdtempSync(join(tmpdir(), 'quadrille-shipping-'));
let postgres: LocalPostgres;
let kafka: LocalKafka;
let env: NodeJS.ProcessEnv;

const boot = (changed: NodeJS.ProcessEnv = {}) =>
  bootService(shipping, { ...env, ...changed }, (error) => {
    throw error;
  });

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  kafka = await startKafka({ dataDir: join(folder, 'kafka') });
  env = {
    DATABASE_URL: await postgres.createService('shipping', 'secret'),
    ...(await createKeysDatabase(postgres, folder)),
    KAFKA_BROKERS: kafka.brokers.join(','),
    PORT: '0',
    LOG_LEVEL: 'silent',
  };
});

afterAll(async () => {
  await kafka?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function get(service: RunningService, path: string) {
  const answer = await fetch(`${service.url}${path}`);
  return { status: answer.status, body: (await answer.json()) as any };
}

describe('the shipping service', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await boot();
  });
  afterAll(() => service?.stop());

  it('returns a shipment, and 404 before the first event of its order', async () => {
    const { orderId } = exampleOrder();
    const unknown = { status: 404, body: { type: 'urn:quadrille:problem:unknown-shipment' } };
    expect(await get(service, `/shipments/${orderId}`)).toMatchObject(unknown);
    const client = new pg.Client(env.DATABASE_URL);
    await client.connect();
    const at = '2026-01-01T00:00:00.000Z';
    await client.query(`insert into shipments values ($1, 'created', 'QD1', 'GB', null, $2, $2)`, [orderId, at]);
    await client.end();
    const shown = { orderId, status: 'created', trackingNumber: 'QD1', destination: 'GB', reason: null };
    expect(await get(service, `/shipments/${orderId.toUpperCase()}`)).toEqual({
      status: 200,
      body: { ...shown, createdAt: at, changedAt: at },
    });
    expect((await get(service, '/shipments/1')).status).toBe(400);
  });

  it('lists the countries of the house carrier if no other is configured', async () => {
    const { served, refused } = (await get(service, '/carrier/countries')).body;
    expect(served).toEqual(expect.arrayContaining(['DE', 'GB', 'US']));
    expect(refused).toEqual(expect.arrayContaining(['AQ', 'KP']));
  });

  it('describes every operation with its responses', async () => {
    const { paths } = (await get(service, '/openapi.json')).body;
    const responsesOf = (path: string) => Object.keys(paths[path].get.responses);
    expect(responsesOf('/shipments/{orderId}')).toEqual(expect.arrayContaining(['200', '400', '404']));
    expect(responsesOf('/carrier/countries')).toEqual(expect.arrayContaining(['200', '503']));
  });
});

describe('the shipping service without the keys of personal data', () => {
  it('reports a missing, unreachable or wrong one in one sentence', async () => {
    await expect(boot({ PERSONAL_DATA_KEY: '' })).rejects.toThrow(
      /^PERSONAL_DATA_KEY missing: shipping encrypts or opens personal data\. Set the URL .* and a secret of 32 random/,
    );
    const away = 'postgres://keys@127.0.0.1:1/keys';
    await expect(boot({ PERSONAL_DATA_DATABASE_URL: away })).rejects.toThrow(
      `The database ${away} cannot be used: nothing listens there. Start PostgreSQL, or correct PERSONAL_DATA_DATABASE_URL.`,
    );
    await (await boot()).stop();
    await expect(boot({ PERSONAL_DATA_KEY: 'another secret of 32 characters!' })).rejects.toThrow(
      /^The keys of personal data were wrapped with another secret \(id [0-9a-f]{8}\)\. Set PERSONAL_DATA_KEY to that secret, or add it to PERSONAL_DATA_OLD_KEYS\.$/,
    );
  });
});

describe('the shipping service with a carrier over HTTP', () => {
  it('reports that the carrier is unavailable instead of guessing', async () => {
    const service = await boot({ CARRIER_URL: `http://127.0.0.1:${await freePort()}` });
    try {
      const away = { status: 503, body: { type: 'urn:quadrille:problem:carrier-unavailable' } };
      expect(await get(service, '/carrier/countries')).toMatchObject(away);
    } finally {
      await service.stop();
    }
  });

  it('does not start with an invalid address', async () => {
    await expect(boot({ CARRIER_URL: 'carrier:3004' })).rejects.toThrow('expected an http(s) URL');
    await expect(boot({ CARRIER_TIMEOUT_MS: '5' })).rejects.toThrow(
      'CARRIER_TIMEOUT_MS is "5"; expected a whole number from 10 to 99999 (milliseconds).',
    );
  });
});
