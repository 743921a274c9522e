import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { EventProducer } from '@quadrille/kafka';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { bootService, type RunningService } from '@quadrille/nest/run';
import { Pool } from 'pg';
import { exampleHistory } from '../domain/example-history.js';
import type { KnownEvent } from '../domain/known-event.js';
import { storefront } from '../storefront.js';
import { exampleRecord } from './example-record.js';

const { path } = endings(checkout).find(({ name }) => name === 'COMPLETED')!;
const orderId = (nth: number) => `01980000-0000-7000-8000-${String(nth).padStart(12, '0')}`;
const [held, ...others] = Array.from({ length: 20 }, (_, nth) => exampleHistory(path, orderId(nth)));

let folder: string;
let postgres: LocalPostgres;
let kafka: LocalKafka;
let producer: EventProducer;
let pool: Pool;
let service: RunningService;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quadrille-held-'));
  postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  kafka = await startKafka({ dataDir: join(folder, 'kafka') });
  const DATABASE_URL = await postgres.createService('storefront', 'secret');
  pool = new Pool({ connectionString: DATABASE_URL });
  const env = { DATABASE_URL, KAFKA_BROKERS: kafka.brokers.join(), LOCK_TIMEOUT_MS: '1000' };
  service = await bootService(
    storefront,
    { ...env, PORT: '0', LOG_LEVEL: 'silent', TOPIC_PARTITIONS: '2' },
    (error) => {
      throw error;
    },
  );
  producer = new EventProducer({ brokers: kafka.brokers, clientId: 'everybody' });
});

afterAll(async () => {
  await service?.stop();
  await producer?.disconnect();
  await pool?.end();
  await kafka?.stop();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

const publish = (events: readonly KnownEvent[]) =>
  producer.send(
    events
      .map((event) => exampleRecord(event))
      .map(({ topic, key, headers, value }) => ({ topic, key: key!, headers, payload: value! })),
  );

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const stateOf = async (nth: number) =>
  (await pool.query('select state from sagas where order_id = $1', [orderId(nth)])).rows[0]?.state;
const ready = async () => {
  const answer = await fetch(`${service.url}/health/ready`);
  return { status: answer.status, parts: ((await answer.json()) as any).parts };
};

it('shows all other sagas while another session locks the row of one, names it, and catches up', async () => {
  await publish(held!.slice(0, 1));
  await until(async () => (await stateOf(0)) === 'running');
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query('select from sagas where order_id = $1 for update', [orderId(0)]);
  try {
    await publish(held!.slice(1));
    await publish(others.flat());
    await until(async () => (await pool.query(`select from sagas where state = 'COMPLETED'`)).rowCount === 19);
    expect(await stateOf(0)).toBe('running');
    await until(async () => (await ready()).parts.parked !== undefined);
    const { status, parts } = await ready();
    expect(status).toBe(200);
    expect(parts.parked).toMatchObject({ ok: true, key: orderId(0), cause: expect.stringContaining('lock timeout') });
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  await until(async () => (await stateOf(0)) === 'COMPLETED');
  await until(async () => (await ready()).parts.parked === undefined);
}, 60_000);
