import { INestApplication } from '@nestjs/common';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { createTopics } from '@quadrille/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module';
import { Invoice } from './invoice.entity';
import { InvoicesService } from './invoices.service';

const brokers = [process.env.KAFKA_BROKER!];
const topic = 'billing.invoices';

let app: INestApplication;

beforeAll(async () => {
  await createTopics({ brokers, clientId: 'test', topics: [topic], partitions: 1, replicationFactor: 1 });
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = module.createNestApplication();
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.KAFKA,
    options: { client: { brokers }, consumer: { groupId: 'billing' }, subscribe: { fromBeginning: true } },
  });
  await app.startAllMicroservices();
  await app.init();
}, 60_000);
// The consumer of kafkajs ends after its poll, which waits for up to five seconds.
afterAll(() => app?.close(), 60_000);

/** The number of bookings per invoice id. */
const booked = async (): Promise<Record<string, number>> => {
  const invoices = await app.get(DataSource).manager.find(Invoice);
  return Object.fromEntries(invoices.map(({ id, booked }) => [id, booked]));
};

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 50));
}

it('publishes committed events, and books a duplicate once', async () => {
  const invoices = app.get(InvoicesService);
  await invoices.send('a', 1_250);
  await until(async () => (await booked()).a === 1);

  const [{ message_id: id }] = await app.get(DataSource).query('select message_id from inbox');
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ key: 'a', value: '{"id":"a","cents":1250}', headers: { ce_id: id } }] });
  await producer.disconnect();
  await invoices.send('b', 700);
  await until(async () => (await booked()).b === 1);
  expect(await booked()).toEqual({ a: 1, b: 1 });
}, 60_000);

it('publishes no event of a failed transaction', async () => {
  await expect(app.get(InvoicesService).send('a', 1)).rejects.toThrow('duplicate key');
  const waiting = `select from outbox_records where payload ->> 'cents' = '1'`;
  expect(await app.get(DataSource).query(waiting)).toEqual([]);
});
