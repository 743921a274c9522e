import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudEventType, type EventType, topicOf } from '@quadrille/choreography';
import { checkout, exampleOrder, OrderCancelled, OrderCompleted } from '@quadrille/contracts';
import { EventProducer, encodeCloudEvent } from '@quadrille/kafka';
import {
  createKeysDatabase,
  freePort,
  type LocalKafka,
  type LocalPostgres,
  startKafka,
  startPostgres,
} from '@quadrille/local';
import { newId } from '@quadrille/nest';
import { bootService, type RunningService } from '@quadrille/nest/run';
import { SMTPServer } from 'smtp-server';
import { notification } from './notification.js';

let folder: string;
let postgres: LocalPostgres;
let kafka: LocalKafka;
let producer: EventProducer;
let service: RunningService;
let mailServer: SMTPServer;
let smtpPort: number;
const mails: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quadrille-notification-'));
  postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  kafka = await startKafka({ dataDir: join(folder, 'kafka') });
  smtpPort = await freePort();
  const env = {
    DATABASE_URL: await postgres.createService('notification', 'secret'),
    ...(await createKeysDatabase(postgres, folder)),
    KAFKA_BROKERS: kafka.brokers.join(),
    PORT: '0',
    LOG_LEVEL: 'silent',
    TOPIC_PARTITIONS: '2',
    SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    SMTP_TIMEOUT_MS: '2000',
    SMTP_HALF_OPEN_AFTER_MS: '200',
  };
  service = await bootService(notification, env, (error) => {
    throw error;
  });
  producer = new EventProducer({ brokers: kafka.brokers, clientId: 'order' });
});

afterAll(async () => {
  await service?.stop();
  await producer?.disconnect();
  if (mailServer) await new Promise<void>((resolve) => mailServer.close(() => resolve()));
  await kafka?.stop();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

const openMailServer = () =>
  new Promise<void>((resolve) => {
    mailServer = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData: (stream, _session, done) =>
        void text(stream).then((mail) => {
          mails.push(mail);
          done();
        }),
    });
    mailServer.on('error', () => {});
    mailServer.listen(smtpPort, '127.0.0.1', resolve);
  });

/** Publishes an ending of an order as the order service does. */
const publish = (event: EventType, data: { orderId: string }, id = newId()) =>
  producer.send([
    encodeCloudEvent(topicOf(checkout, event), {
      id,
      type: cloudEventType(event),
      source: '/order/complete-order',
      subject: data.orderId,
      time: '2026-01-01T00:00:00.000Z',
      correlationid: data.orderId,
      data,
    }),
  ]);

async function notificationOf(orderId: string): Promise<any> {
  for (;;) {
    const answer = await fetch(`${service.url}/notifications/${orderId}`);
    if (answer.status === 200) return answer.json();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const mailsAbout = (orderId: string) => mails.filter((mail) => mail.includes(orderId)).length;

describe('the notification service', () => {
  it('parks each order separately while the mail server is unavailable', async () => {
    const { orderId } = exampleOrder();
    await publish(OrderCompleted, exampleOrder());
    const parked = async () => (await (await fetch(`${service.url}/dead-letters?key=${orderId}`)).json()) as any;
    while ((await parked()).deadLetters.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await fetch(`${service.url}/notifications/${orderId}`)).status).toBe(404);

    await openMailServer();
    expect(await notificationOf(orderId)).toMatchObject({
      orderId,
      mail: 'order-completed',
      sentAt: expect.any(String),
    });
    expect(mailsAbout(orderId)).toBe(1);
    expect((await parked()).deadLetters).toEqual([]);
  });

  it('writes about an order under one message id, also after a repeated event', async () => {
    const order = exampleOrder({ orderId: newId() });
    const cancelled = { ...order, reason: 'out-of-stock' };
    const id = newId();
    await publish(OrderCancelled, cancelled, id);
    expect(await notificationOf(order.orderId)).toMatchObject({
      mail: 'order-cancelled',
      orderEndedAt: '2026-01-01T00:00:00.000Z',
    });
    await publish(OrderCancelled, cancelled, id);

    const next = exampleOrder({ orderId: newId() });
    await publish(OrderCompleted, next);
    await notificationOf(next.orderId);
    const repeated = mails.filter((mail) => mail.includes(order.orderId)).map((mail) => /<order-\S+>/.exec(mail)?.[0]);
    expect(new Set(repeated).size).toBe(1);
    expect((await notificationOf(order.orderId)).mail).toBe('order-cancelled');
  });

  it('rejects an invalid id', async () => {
    expect((await fetch(`${service.url}/notifications/seven`)).status).toBe(400);
  });
});
