import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, type KafkaContext, Payload, Transport } from '@nestjs/microservices';
import { createTopics } from '@quadrille/kafka';
import { type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { txOf } from '@quadrille/outbox/pg';
import { newId } from '@quadrille/runtime';
import { Client } from 'pg';
import { InboxModule, type InboxTransaction } from './inbox.module.js';
import { Once } from './once.js';
import { Outbox, OutboxModule } from './outbox.module.js';

const folder = mkdtempSync(join(tmpdir(), 'quadrille-once-'));
let postgres: LocalPostgres;
let kafka: LocalKafka;
let environment: NodeJS.ProcessEnv;
let db: Client;
let app: INestMicroservice;
let outbox: Outbox;

/** The number of remaining failures of the handler per amount, after its write. */
const failures = new Map<number, number>();

@Controller()
class Bills {
  @EventPattern<string>('legacy.orders')
  @Once('bill-order')
  async bill(@Payload() { amount }: { amount: number }, @Ctx() _: KafkaContext, tx?: InboxTransaction) {
    await tx!.query('insert into bills (amount) values ($1)', [amount]);
    const left = failures.get(amount) ?? 0;
    failures.set(amount, left - 1);
    if (left > 0) throw new Error('The printer is out of paper.');
  }
}

beforeAll(async () => {
  [postgres, kafka] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres') }),
    startKafka({ dataDir: join(folder, 'kafka') }),
  ]);
  const url = await postgres.createService('bills', 'secret');
  environment = { DATABASE_URL: url, KAFKA_BROKERS: kafka.brokers.join(','), LOG_LEVEL: 'silent' };
  db = new Client({ connectionString: url });
  await db.connect();
  await db.query('create table bills (amount int not null)');
  await createTopics({
    ...{ brokers: kafka.brokers, clientId: 'once-spec' },
    ...{ topics: ['legacy.orders'], partitions: 1, replicationFactor: 1 },
  });
  const useFactory = async () => environment;
  @Module({
    imports: [InboxModule.forRootAsync({ useFactory }), OutboxModule.forRootAsync({ useFactory })],
    controllers: [Bills],
  })
  class AppModule {}
  app = await NestFactory.createMicroservice(AppModule, {
    transport: Transport.KAFKA,
    options: {
      client: { brokers: [...kafka.brokers], clientId: 'bills' },
      consumer: { groupId: 'bills', allowAutoTopicCreation: false },
      subscribe: { fromBeginning: true },
    },
    logger: false,
  });
  await app.listen();
  outbox = app.get(Outbox);
}, 90_000);

afterAll(async () => {
  await app?.close();
  await db?.end();
  await kafka?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const since = Date.now(); !(await holds()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() - since > 30_000) throw new Error('It does not come to pass.');
  }
}

/** Appends in a transaction of the application, with its own client. */
async function order(amount: number, { id = newId(), ending = 'commit' } = {}): Promise<void> {
  await db.query('begin');
  const headers = { ce_id: id };
  const record = { topic: 'legacy.orders', key: 'ada', headers, payload: JSON.stringify({ amount }) };
  await outbox.append(txOf(db), record);
  await db.query(ending);
  outbox.wake();
}

const bills = async () => (await db.query('select amount from bills order by amount')).rows.map(({ amount }) => amount);

describe('outbox and inbox alone, in an application with handlers of its own', () => {
  it('process a message once that is published twice', async () => {
    const id = newId();
    await order(1, { id });
    await order(1, { id });
    await order(2);
    await until(async () => (await bills()).includes(2));
    expect(await bills()).toEqual([1, 2]);
  });

  it('publish nothing of a transaction that was rolled back', async () => {
    await order(3, { ending: 'rollback' });
    await order(4);
    await until(async () => (await bills()).includes(4));
    expect(await bills()).toEqual([1, 2, 4]);
  });

  it('store nothing of a failed handler, so that its message can be processed again', async () => {
    failures.set(5, 1);
    const id = newId();
    await order(5, { id });
    // Nest logs the error of an event handler, and continues with the next record.
    await until(async () => failures.get(5) === 0);
    expect(await bills()).toEqual([1, 2, 4]);
    await order(5, { id });
    await until(async () => (await bills()).includes(5));
    expect(await bills()).toEqual([1, 2, 4, 5]);
  });
});
