import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventProducer, type IncomingRecord, KafkaTransport } from '@quadrille/kafka';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { asked, Stirred } from '../../runtime/src/kettle.fixture.js';
import { bootService, type RunningService } from './boot-service.js';
import { servedKettle } from './served-kettle.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'quadrille-boot-'));
let postgres: LocalPostgres;
let kafka: LocalKafka;
let env: NodeJS.ProcessEnv;
let service: RunningService;
const fatal: Error[] = [];
const boot = (changed: NodeJS.ProcessEnv = {}) =>
  bootService(servedKettle, { ...env, ...changed }, (error) => void fatal.push(error));

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  kafka = await startKafka({ dataDir: join(folder, 'kafka') });
  env = {
    DATABASE_URL: await postgres.createService('kettle', 'secret'),
    KAFKA_BROKERS: kafka.brokers.join(','),
    PORT: '0',
    LOG_LEVEL: 'silent',
    TOPIC_PARTITIONS: '2',
    QUADRILLE_DEMO: '1',
    DATABASE_CONNECT_TIMEOUT_MS: '3000',
    DATABASE_POOL_SIZE: '4',
  };
  service = await boot();
});

afterAll(async () => {
  await service?.stop();
  await kafka?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const get = async (path: string) => {
  const answer = await fetch(`${service.url}${path}`);
  return { status: answer.status, body: (await answer.json()) as any };
};
const send = async (method: string, path: string, body: unknown, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${service.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as any };
};

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function rows(sql: string): Promise<any[]> {
  const client = new Client({ connectionString: env.DATABASE_URL! });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const cupsIn = async (pot: string) => (await rows(`select cups from pots where pot = '${pot}'`))[0]?.cups ?? 0;

/** Appends records to the kitchen's topic, as the kitchen would. */
async function appendEvents(...records: IncomingRecord[]): Promise<void> {
  const producer = new EventProducer({ brokers: kafka.brokers, clientId: 'kitchen' });
  await producer.send(
    records.map(({ topic, key, headers, value }) => ({ topic, key: key!, headers, payload: value! })),
  );
  await producer.disconnect();
}

describe('a service', () => {
  it('is ready when its consumer has joined, and reports the state of each part', async () => {
    await until(async () => (await get('/health/ready')).status === 200);
    const { body } = await get('/health/ready');
    expect(body.parts).toMatchObject({
      database: { ok: true },
      consumer: { state: 'running', assigned: 2 },
      relay: { ok: true },
    });
    expect((await get('/health/live')).status).toBe(200);
  });

  it('consumes an event, stores its effect and publishes the result', async () => {
    await appendEvents(asked('green', 2));
    await until(async () => (await cupsIn('green')) === 2);
    await until(async () => (await rows('select 1 from outbox')).length === 0);
    const payload: IncomingRecord[] = [];
    const projectionConsumer = new KafkaTransport({
      brokers: kafka.brokers,
      clientId: 'guest',
      groupId: 'guest',
      topics: ['test.kettle.v1'],
      onRecords: async (records) => void payload.push(...records),
    });
    await new Promise((resolve) => projectionConsumer.listen(resolve));
    await until(async () => payload.length > 0);
    await projectionConsumer.close();
    expect(payload[0]).toMatchObject({ key: 'green', headers: { ce_type: 'test.kettle.poured.v1' } });
  });

  it('answers a command after its commit, and the same key with the same answer', async () => {
    const first = await send('POST', '/refills', { pot: 'black', cups: 3 }, { 'idempotency-key': 'k1' });
    expect(first.status).toBe(202);
    expect(await cupsIn('black')).toBe(3);
    const again = await send('POST', '/refills', { cups: 3, pot: 'black' }, { 'idempotency-key': 'k1' });
    expect(again).toEqual(first);
    const other = await send('POST', '/refills', { pot: 'black', cups: 4 }, { 'idempotency-key': 'k1' });
    expect(other).toMatchObject({ status: 422, body: { type: 'urn:quadrille:problem:idempotency-key-reused' } });
    expect(await cupsIn('black')).toBe(3);
  });

  it('lists an unreadable message, and lets an operator discard it with a reason', async () => {
    await appendEvents({ ...asked('white', 1), value: '{"pot":7}' });
    await until(async () => (await get('/dead-letters')).body.deadLetters.length === 1);
    const [letter] = (await get('/dead-letters?state=dead')).body.deadLetters;
    expect(letter).toMatchObject({ step: 'pour', key: 'white', state: 'dead' });
    expect((await get(`/dead-letters/${letter.id}`)).body.message.value).toBe('{"pot":7}');
    expect((await send('POST', `/dead-letters/${letter.id}/discard`, { by: 'ada' })).status).toBe(400);
    const decision = { by: 'ada', reason: 'a typing mistake' };
    expect((await send('POST', `/dead-letters/${letter.id}/discard`, decision)).status).toBe(200);
    expect((await get(`/dead-letters/${letter.id}`)).status).toBe(404);
    expect(await rows('select action, by, reason from parked_audit')).toEqual([{ action: 'discard', ...decision }]);
  });

  it('lists dead letters of the outbox, and for one release under the old path', async () => {
    const id = '7';
    await rows(
      `insert into outbox_dead (id, shard, topic, key, headers, payload, created_at, attempts, cause)
       values (${id}, 0, 't', 'k', '{}', '{}', now(), 1, 'too large')`,
    );
    const { deadLetters } = (await get('/outbox-dead-letters')).body;
    expect(deadLetters).toMatchObject([{ id, topic: 't', cause: 'too large' }]);
    expect((await get('/unsendable')).body).toEqual({ unsendable: deadLetters, next: null });
    const decision = { by: 'ada', reason: 'a copy exists' };
    expect((await get(`/outbox-dead-letters/${id}`)).body).toMatchObject({ id });
    expect((await send('POST', `/unsendable/${id}/discard`, decision)).status).toBe(200);
    expect((await get(`/outbox-dead-letters/${id}`)).status).toBe(404);
  });

  it('consumes nothing from a topic that is paused for a demonstration', async () => {
    await send('PUT', '/control/paused-topics', { topics: ['test.kitchen.v1'] });
    await appendEvents(asked('late', 5));
    await send('POST', '/refills', { pot: 'meanwhile', cups: 1 });
    expect(await cupsIn('late')).toBe(0);
    await send('PUT', '/control/paused-topics', { topics: [] });
    await until(async () => (await cupsIn('late')) === 5);
  });

  it('stores its events in the outbox while the relay is paused', async () => {
    await send('PUT', '/control/relay', { paused: true });
    await send('POST', '/refills', { pot: 'held', cups: 1 });
    // The deadline of the kettle is due at once, so its event may be there as well.
    const poured = `key = 'held' and headers ->> 'ce_type' = 'test.kettle.poured.v1'`;
    expect(await rows(`select 1 from outbox_records where ${poured}`)).toHaveLength(1);
    await send('PUT', '/control/relay', { paused: false });
    await until(async () => (await rows('select 1 from outbox')).length === 0);
  });

  it('rejects a command with 503 when all its connections are in use', async () => {
    const runners = Array.from({ length: 4 }, () => service.app.get(DataSource).createQueryRunner());
    await Promise.all(runners.map((runner) => runner.connect()));
    const refused = await send('POST', '/refills', { pot: 'full', cups: 1 });
    await Promise.all(runners.map((runner) => runner.release()));
    expect(refused).toMatchObject({ status: 503, body: { type: 'urn:quadrille:problem:database-unavailable' } });
    expect(await cupsIn('full')).toBe(0);
  });

  it('reports an outage of the database, and continues where it stopped after the outage', async () => {
    const { port } = postgres;
    await postgres.stop();
    expect((await send('POST', '/refills', { pot: 'away', cups: 1 })).status).toBe(503);
    const { status, body } = await get('/health/ready');
    expect([status, body.parts.database.ok]).toEqual([503, false]);
    expect((await get('/health/live')).status).toBe(200);
    await appendEvents(asked('patient', 2));
    postgres = await startPostgres({ dataDir: join(folder, 'postgres'), port });
    await until(async () => (await cupsIn('patient')) === 2);
    expect(await cupsIn('away')).toBe(0);
    expect((await get('/health/ready')).status).toBe(200);
  });

  it('starts beside another instance, and the two share the work', async () => {
    const second = await boot();
    await until(async () => (await get('/health/ready')).body.parts.consumer.assigned === 1);
    await appendEvents(asked('a', 1), asked('b', 1), asked('c', 1), asked('d', 1));
    await until(
      async () => Number((await rows(`select sum(cups) as n from pots where pot in ('a','b','c','d')`))[0].n) === 4,
    );
    await expect(second.stop()).resolves.toBe(true);
    await until(async () => (await get('/health/ready')).body.parts.consumer.assigned === 2);
  });
});

describe('a service without events', () => {
  it('needs no broker', async () => {
    const part = { service: 'quiet', steps: [] };
    const DATABASE_URL = await postgres.createService('quiet', 'secret');
    const { KAFKA_BROKERS, ...without } = env;
    const quiet = await bootService(
      { ...servedKettle, steps: part, stores: [] },
      { ...without, DATABASE_URL },
      () => {},
    );
    const ready = await fetch(`${quiet.url}/health/ready`);
    expect([ready.status, Object.keys(((await ready.json()) as any).parts)]).toEqual([200, ['boot', 'database']]);
    await expect(quiet.stop()).resolves.toBe(true);
  });
});

describe('a service that cannot start', () => {
  const sentence = (changed: NodeJS.ProcessEnv) =>
    boot(changed).then(
      () => 'it started',
      (error: Error) => `${error.name}: ${error.message}`,
    );

  it('names the port that is in use, and leaves nothing open', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    expect(await sentence({ PORT: String(port) })).toBe(
      `BootProblem: Port ${port} on 127.0.0.1 is in use. Stop the program that uses it, or set PORT to another.`,
    );
    other.close();
  });

  it('names the missing broker', async () => {
    expect(await sentence({ KAFKA_BROKERS: '127.0.0.1:1' })).toMatch(
      /^BootProblem: No Kafka broker answers at 127\.0\.0\.1:1: .*Start it, or correct KAFKA_BROKERS\.$/,
    );
  });

  it('names the database that is newer', async () => {
    const url = await postgres.createService('newer', 'secret');
    const newer = await bootService(servedKettle, { ...env, DATABASE_URL: url }, () => {});
    await newer.stop();
    const older = { ...servedKettle, migrations: [] };
    await expect(bootService(older, { ...env, DATABASE_URL: url }, () => {})).rejects.toThrow(
      /^The database has a newer version: this build does not contain its migration Pots1900000000000/,
    );
  });
});

describe('a service that stops', () => {
  it('ends each part by itself and answers no more', async () => {
    const { url } = service;
    await expect(service.stop()).resolves.toBe(true);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    expect(await rows(`select 1 from pg_stat_activity where application_name = 'kettle'`)).toEqual([]);
    expect(fatal).toEqual([]);
  });
});

describe('a service that stops before a deadline extension is written', () => {
  const clocked = { ...servedKettle, deadlineSeconds: () => 3_600 };
  const bootClocked = () => bootService(clocked, env, (error) => void fatal.push(error));
  const dueAt = async () => (await rows(`select due_at from deadlines where key = 'oolong'`))[0]?.due_at as Date;
  let running: RunningService | undefined;
  afterAll(async () => void (await running?.stop()));

  it('consumes the event of the extension again', async () => {
    running = await bootClocked();
    await appendEvents(asked('oolong', 1));
    await until(async () => (await dueAt()) !== undefined);
    const before = await dueAt();
    await rows('alter table deadlines rename to gone');
    await appendEvents(asked('oolong', 1, Stirred), { ...asked('oolong', 1), value: 'unreadable' });
    await until(async () => (await rows(`select 1 from parked where key = 'oolong'`)).length === 1);
    await running.stop();
    await rows('alter table gone rename to deadlines');
    running = await bootClocked();
    await until(async () => (await dueAt()) > before);
  });
});
