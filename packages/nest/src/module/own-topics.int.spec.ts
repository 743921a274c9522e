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
  type Step,
  stepBuilders,
  type Topics,
} from '@quadrille/choreography';
import { describeCluster, type IncomingRecord, readTopics } from '@quadrille/kafka';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { Client } from 'pg';
import { z } from 'zod';
import { bindStore } from '../index.js';
import type { FeatureOptions } from './feature.js';
import { QuadrilleModule } from './quadrille.module.js';
import { Services } from './services.js';

const Order = z.object({ orderId: z.string() });
const at = { key: 'orderId', version: 1, schema: Order } as const;

/** A choreography of one saga: `desk` asks, `works` answers. */
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

function open(features: readonly FeatureOptions[]): Promise<INestApplicationContext> {
  const imports = features.map((each) => QuadrilleModule.forFeature(each));
  @Module({ imports: [QuadrilleModule.forRoot({ environment }), ...imports] })
  class AppModule {}
  return NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
}

const connection = () => ({ brokers: kafka.brokers, clientId: 'spec' });

async function recordsOn(topic: string, count: number): Promise<IncomingRecord[]> {
  for (const until = Date.now() + 30_000; ; ) {
    const found: IncomingRecord[] = [];
    await readTopics({ ...connection(), topics: [topic] }, (record) => void found.push(record));
    if (found.length >= count || Date.now() > until) return found;
  }
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
    'publish to %s only what belongs there',
    async (topic, key, type) => {
      const records = await recordsOn(topic, 1);
      expect(records.map((record) => [record.key, record.headers.ce_type])).toEqual([[key, type]]);
    },
    60_000,
  );

  it('consume in a group each, from the declared topics', async () => {
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

describe('an application whose topics cannot be', () => {
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
