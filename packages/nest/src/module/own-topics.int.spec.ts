import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  choreography,
  command,
  type EventType,
  event,
  type Row,
  type Step,
  stepBuilders,
  type Topics,
} from '@quadrille/choreography';
import { describeCluster, EventProducer, type IncomingRecord, readTopics } from '@quadrille/kafka';
import { avro } from '@quadrille/kafka/avro';
import { protobuf } from '@quadrille/kafka/protobuf';
import { schemaRegistry } from '@quadrille/kafka/schema-registry';
import { type LocalKafka, type LocalPostgres, LocalSchemaRegistry, startKafka, startPostgres } from '@quadrille/local';
import { Client } from 'pg';
import { z } from 'zod';
import { readEnvironmentOf } from '../broker.js';
import { bindStore } from '../index.js';
import { missingServices } from '../missing-services.js';
import { Services } from './choreography-service.js';
import type { FeatureOptions } from './feature.js';
import { nameOnly, openContext } from './open-context.js';
import { QuadrilleModule, type QuadrilleOptions } from './quadrille.module.js';

const Order = z.object({ orderId: z.string() });
const at = { key: 'orderId', version: 1, schema: Order } as const;

/** A choreography of one saga: `desk` requests, `works` answers. */
function sagaOf(system: string, topics?: Topics) {
  const Asked = event('Asked', { ...at, service: 'desk', wireName: `${system}.asked` });
  const Made = event('Made', { ...at, service: 'works', wireName: `${system}.made`, final: true });
  const declared = choreography({
    system,
    endings: { MADE: Made },
    ...(topics && { topics }),
    rows: {
      [`ask-${system}`]: { service: 'desk', handles: command('POST /orders', Order), emits: [Asked] },
      [`make-${system}`]: { service: 'works', handles: [Asked], emits: [Made] },
    },
  });
  const { aggregate } = stepBuilders(declared.rows);
  const orders = aggregate<{ state: string }>(`${system}_orders`, {
    initial: () => ({ state: 'none' }),
    evolve: (_, { type }) => ({ state: type }),
  });
  const stepOf = (name: string, answer: EventType): Step => ({
    name,
    row: declared.rows[name]!,
    loads: ({ orderId }) => ({ order: orders.of(orderId) }),
    decide: (_, order) => answer(order),
  });
  const feature = (service: string, name: string, answer: EventType): FeatureOptions => ({
    ...{ choreography: declared, service, stores: [bindStore(orders)] },
    steps: [stepOf(name, answer)],
  });
  return [feature('desk', `ask-${system}`, Asked), feature('works', `make-${system}`, Made)];
}

const own: Topics = {
  pattern: 'acme.{service}.events',
  deadLetters: 'acme.{service}.dlq',
  events: { Made: 'legacy.finished-goods' },
};

const folder = mkdtempSync(join(tmpdir(), 'quadrille-own-topics-'));
let postgres: LocalPostgres;
let kafka: LocalKafka;
let environment: NodeJS.ProcessEnv;
let db: Client;

beforeAll(async () => {
  [postgres, kafka] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres') }),
    startKafka({ dataDir: join(folder, 'kafka') }),
  ]);
  const url = await postgres.createService('works', 'secret');
  environment = { DATABASE_URL: url, KAFKA_BROKERS: kafka.brokers.join(), LOG_LEVEL: 'silent', TOPIC_PARTITIONS: '2' };
  db = new Client({ connectionString: url });
  await db.connect();
}, 180_000);
afterAll(async () => {
  await db?.end();
  await kafka?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function open(features: readonly FeatureOptions[], wire?: QuadrilleOptions['wire']): Promise<INestApplicationContext> {
  const imports = features.map((each) => QuadrilleModule.forFeature(each));
  @Module({ imports: [QuadrilleModule.forRoot({ environment, ...(wire && { wire }) }), ...imports] })
  class AppModule {}
  return NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const since = Date.now(); !(await holds()); await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (Date.now() - since > 30_000) throw new Error('It does not come to pass.');
  }
}

const connection = () => ({ brokers: kafka.brokers, clientId: 'spec' });

async function recordsOn(topic: string, count: number): Promise<IncomingRecord[]> {
  let found: IncomingRecord[] = [];
  await until(async () => {
    found = [];
    await readTopics({ ...connection(), topics: [topic] }, (record) => void found.push(record));
    return found.length >= count;
  });
  return found;
}

describe('two choreographies in one application, one with topics of its own', () => {
  let app: INestApplicationContext;
  beforeAll(async () => {
    app = await open([...sagaOf('bakery'), ...sagaOf('joinery', own)]);
    const services = app.get(Services);
    const run = (service: string, step: string, orderId: string) =>
      services.named(service).parts.commands.run(step, { orderId }, { key: orderId });
    await run('bakery.desk', 'ask-bakery', 'loaf-1');
    await run('joinery.desk', 'ask-joinery', 'chair-1');
  }, 180_000);
  afterAll(() => app?.close());

  it.each([
    ['bakery.desk.v1', 'loaf-1', 'bakery.asked.v1'],
    ['bakery.works.v1', 'loaf-1', 'bakery.made.v1'],
    ['acme.desk.events', 'chair-1', 'joinery.asked.v1'],
    ['legacy.finished-goods', 'chair-1', 'joinery.made.v1'],
  ])(
    'publish to %s only its own events',
    async (topic, key, type) => {
      const records = await recordsOn(topic, 1);
      expect(records.map((record) => [record.key, record.headers.ce_type])).toEqual([[key, type]]);
    },
    60_000,
  );

  it('consume in one group each, from the declared topics', async () => {
    const groups = { 'bakery.works': ['bakery.desk.v1'], 'joinery.works': ['acme.desk.events'] };
    const topics = ['acme.desk.dlq', 'acme.works.dlq', 'legacy.finished-goods'];
    const cluster = await describeCluster({ ...connection(), topics, groups });
    expect(cluster.groups.map(({ group, members }) => [group, members])).toEqual([
      ['bakery.works', 1],
      ['joinery.works', 1],
    ]);
    expect(cluster.topics.map(({ topic, cause }) => [topic, cause])).toEqual(topics.map((each) => [each, undefined]));
  });
});

const avroOf = (name: string) => ({ type: 'record', name, fields: [{ name: 'orderId', type: 'string' }] });
const PROTO = 'syntax = "proto3"; package pottery; message Made { string orderId = 1; }';

describe('a choreography with Avro, Protobuf, and headers of its own, on topics that others write', () => {
  const features = sagaOf('pottery');
  const [asked, made] = Object.values<Row>(features[0]!.choreography.rows).map(({ emits }) => emits[0]!);
  let registry: LocalSchemaRegistry;
  let app: INestApplicationContext;

  beforeAll(async () => {
    registry = await LocalSchemaRegistry.start();
    app = await open(features, () => ({
      values: schemaRegistry({
        url: registry.url,
        schemas: [avro(asked!, avroOf('pottery.Asked')), protobuf(made!, PROTO)],
      }),
      headers: { prefix: 'x-', names: { type: 'event-type' } },
      skip: { types: ['com.legacy.'] },
    }));
  }, 180_000);
  afterAll(async () => {
    await app?.close();
    await registry?.stop();
  });

  const request = (orderId: string) =>
    app.get(Services).named('pottery.desk').parts.commands.run('ask-pottery', { orderId }, { key: orderId });
  /** Waits until the pot is made: the step has committed. */
  const isMade = (orderId: string) =>
    until(async () => {
      const { rows } = await db.query(`select state from documents where key = $1`, [orderId]);
      return rows[0]?.state.state === 'Made';
    });
  const parked = async (key: string) =>
    (await db.query('select id, state, code, message from parked where key = $1', [key])).rows;

  it('stores its events while the registry is unavailable, and publishes them once it is back', async () => {
    registry.down();
    await request('vase-1');
    const { relay } = app.get(Services).named('pottery.desk').parts;
    await until(async () => relay!.health().blockedTopics.length === 1);
    expect((await db.query(`select key from outbox_records where key = 'vase-1'`)).rowCount).toBe(1);
    registry.down(false);
    await isMade('vase-1');
  }, 60_000);

  it('publishes bytes with the id of their schema, and its own headers', async () => {
    const [record] = await recordsOn('pottery.desk.v1', 1);
    expect(record!.headers).toMatchObject({
      ...{ 'event-type': 'pottery.asked.v1', 'x-subject': 'vase-1', 'content-type': 'application/avro' },
    });
    expect(record!.headers.ce_type).toBeUndefined();
    expect(Buffer.from(record!.value!).subarray(0, 6).toString('hex')).toBe('000000002a0c');
    await until(async () => registry.subjects.length === 2);
    expect(registry.subjects).toEqual(['pottery.desk.v1-pottery.Asked', 'pottery.works.v1-pottery.Made']);
  });

  it('skips the configured types of other systems, and makes dead letters of unknown types', async () => {
    const producer = new EventProducer(connection());
    const record = (type: string) => ({
      topic: 'pottery.desk.v1',
      key: type,
      headers: { 'event-type': type },
      payload: '{}',
    });
    await producer.send([record('com.legacy.moved'), record('com.stranger.moved')]);
    await producer.disconnect();
    const dead = () => db.query(`select message ->> 'key' as key from parked where code = 'unknown-type'`);
    await until(async () => (await dead()).rowCount === 1);
    await request('vase-2');
    await isMade('vase-2');
    expect((await dead()).rows).toEqual([{ key: 'com.stranger.moved' }]);
  }, 60_000);

  it('makes a dead letter of an unknown schema, which can be redriven once the registry has it and is available', async () => {
    const headers = {
      ...{ 'x-specversion': '1.0', 'x-source': '/desk/ask-pottery', 'event-type': 'pottery.asked.v1' },
      ...{ 'x-time': new Date().toISOString(), 'x-correlationid': 'vase-é' },
    };
    const bytes = Buffer.from(`00000000ff${Buffer.from('\x0evase-é').toString('hex')}`, 'hex');
    const unknown = {
      recognizes: () => false,
      decode: async () => '',
      encode: async () => ({ bytes, contentType: 'application/avro' }),
    };
    const producer = new EventProducer(connection(), { values: unknown });
    const again = { ...headers, 'x-id': '01980000-0000-7000-8000-0000000000aa', 'x-subject': 'vase-é' };
    await producer.send([{ topic: 'pottery.desk.v1', key: 'vase-é', headers: again, payload: '' }]);
    await producer.disconnect();
    await until(async () => (await parked('vase-é')).length === 1);
    const [letter] = await parked('vase-é');
    expect(letter).toMatchObject({ state: 'dead', code: 'unknown-schema', message: { raw: expect.any(String) } });
    while (registry.add(`filler-${registry.subjects.length}`, `${registry.subjects.length}`) < 254);
    expect(
      registry.add('pottery.desk.v1-pottery.Asked', JSON.stringify({ ...avroOf('pottery.Asked'), doc: 'other' })),
    ).toBe(255);
    registry.down();
    await app
      .get(Services)
      .named('pottery.works')
      .parts.deadLetters.redrive(letter!.id, { by: 'ada', reason: 'registered' });
    await until(async () => (await parked('vase-é'))[0]?.code === 'gateway-unavailable');
    registry.down(false);
    await isMade('vase-é');
    expect(await parked('vase-é')).toEqual([]);
  }, 60_000);
});

describe('a choreography with a missing service', () => {
  it('names the service, until it runs', async () => {
    const [desk, works] = sagaOf('tannery');
    const contextOf = (service: string) => {
      const { choreography: declared } = desk!;
      const definition = { ...nameOnly(service), system: 'tannery', rows: declared.rows };
      return openContext(definition, readEnvironmentOf(definition, environment));
    };
    const first = await open([desk!]);
    expect(await missingServices(contextOf('desk'))).toEqual(['works']);
    const second = await open([works!]);
    await until(async () => (await missingServices(contextOf('desk'))).length === 0);
    await second.close();
    await first.close();
  }, 60_000);
});

describe('an application with invalid topics', () => {
  it.each<[string, () => FeatureOptions[], string]>([
    [
      'an illegal name',
      () => sagaOf('bakery', { services: { desk: 'a desk' } }),
      'Kafka does not allow a topic "a desk"',
    ],
    [
      'a topic with two owners',
      () => [...sagaOf('bakery'), ...sagaOf('joinery', { services: { desk: 'bakery.desk.v1' } })],
      'The choreographies bakery and joinery both write the topic bakery.desk.v1',
    ],
    [
      'a step with two owners in one database',
      () => {
        const [desk] = sagaOf('bakery');
        const twin = {
          ...desk!.choreography,
          system: 'mill',
          topics: { pattern: 'bakery.{service}.v1', shared: ['bakery.desk.v1', 'bakery.works.v1'] },
        };
        return [desk!, { ...desk!, choreography: twin }];
      },
      "bakery.desk and mill.desk both have a step 'ask-bakery', and share one database",
    ],
  ])('names %s, before anything opens', async (_, features, sentence) => {
    await expect(open(features())).rejects.toThrow(sentence);
  });
});
