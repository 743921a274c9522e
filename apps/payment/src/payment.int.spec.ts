import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  cloudEventType,
  type EventType,
  eventsOf,
  parseCloudEventType,
  sourceOf,
  topicOf,
  topicsPublishedBy,
} from '@quadrille/choreography';
import {
  checkout,
  exampleOrder,
  InventoryReleased,
  OrderCreated,
  type OrderDetails,
  orderDetailsOf,
  ShipmentCreated,
  shop,
} from '@quadrille/contracts';
import { decodeCloudEvent, EventProducer, encodeCloudEvent, readTopics } from '@quadrille/kafka';
import { freePort, type LocalKafka, type LocalPostgres, startKafka, startPostgres } from '@quadrille/local';
import { newId } from '@quadrille/nest';
import { bootService, type RunningService } from '@quadrille/nest/run';
import { payment } from './payment.js';
import { ProviderProcess } from './spec/provider-process.js';

let folder: string;
let postgres: LocalPostgres;
let kafka: LocalKafka;
let provider: ProviderProcess;
let service: RunningService;
let others: EventProducer;

const connection = () => ({ brokers: kafka.brokers, clientId: 'payment-spec' });

beforeAll(async () => {
  ProviderProcess.build();
  folder = mkdtempSync(join(tmpdir(), 'payment-service-'));
  [postgres, kafka] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres') }),
    startKafka({ dataDir: join(folder, 'kafka') }),
  ]);
  provider = new ProviderProcess(await freePort(), join(folder, 'provider'));
  await provider.start();
  const env = {
    DATABASE_URL: await postgres.createService('payment', 'secret'),
    KAFKA_BROKERS: kafka.brokers.join(','),
    PAYMENT_PROVIDER_URL: provider.url,
    PORT: '0',
    LOG_LEVEL: 'silent',
  };
  service = await bootService(payment, env, (error) => {
    throw error;
  });
  others = new EventProducer(connection());
}, 120_000);

afterAll(async () => {
  await others?.disconnect();
  await service?.stop();
  await provider?.end();
  await kafka?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Publishes an event on the topic of another service. */
async function publish(type: EventType, data: OrderDetails): Promise<void> {
  const envelope = {
    id: newId(),
    type: cloudEventType(type),
    source: sourceOf(type.service, 'spec'),
    subject: data.orderId,
    time: new Date().toISOString(),
    correlationid: data.orderId,
    data,
  };
  await others.send([encodeCloudEvent(topicOf(checkout, type), envelope)]);
}

async function http(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as any };
}

const deposit = (customerId: string, amount: number, headers?: Record<string, string>, currency = 'GBP') =>
  http('POST', `/accounts/${customerId}/deposits`, { amount, currency }, headers);

const AWAITED_WITHIN_MS = 20_000;

/** Polls a response until it is as expected. */
async function until<Seen>(look: () => Promise<Seen>, awaited: (seen: Seen) => boolean): Promise<Seen> {
  const deadline = Date.now() + AWAITED_WITHIN_MS;
  for (;;) {
    const seen = await look();
    if (awaited(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`Condition not met in time: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const payments = (orderId: string) => http('GET', `/payments/${orderId}`);
const untilPayment = (orderId: string, status: string) =>
  until(
    () => payments(orderId),
    ({ body }) => body.status === status,
  );

/** The events that the service published for an order, by their time, once there are at least that many. */
const typesAbout = (orderId: string, atLeast: number) =>
  until(
    () => onTopic(orderId),
    (types) => types.length >= atLeast,
  );

async function onTopic(orderId: string): Promise<string[]> {
  const names = new Map(eventsOf(shop).map((event) => [event.wireName, event.name]));
  const found: { type: string; time: string }[] = [];
  await readTopics({ ...connection(), topics: topicsPublishedBy(checkout, shop, 'payment') }, (record) => {
    const { subject, type, time } = decodeCloudEvent(record);
    if (subject === orderId) found.push({ type: names.get(parseCloudEventType(type)!.wireName)!, time });
  });
  return found.sort((a, b) => a.time.localeCompare(b.time)).map(({ type }) => type);
}

const order = (changes: Partial<OrderDetails> = {}) => exampleOrder({ orderId: newId(), ...changes });
const booked = (details: OrderDetails) => ({ ...details, trackingNumber: 'T-1' });
const released = (details: OrderDetails) => ({ ...orderDetailsOf(details), reason: 'changed-mind', released: [] });

describe('accounts over HTTP', () => {
  it('accept a deposit once per key', async () => {
    const customerId = newId();
    const first = await deposit(customerId, 500, { 'idempotency-key': 'a' });
    const again = await deposit(customerId, 500, { 'idempotency-key': 'a' });
    expect(first).toEqual({
      status: 201,
      body: { customerId, depositId: expect.any(String), amount: 500, currency: 'GBP' },
    });
    expect(again).toEqual(first);
    expect((await deposit(customerId, 501, { 'idempotency-key': 'a' })).status).toBe(422);
    const { body } = await http('GET', `/accounts/${customerId.toUpperCase()}`);
    expect(body).toMatchObject({ customerId, currency: 'GBP', available: 500, held: 0 });
  });

  it('add up a hundred concurrent deposits', async () => {
    const customerId = newId();
    await Promise.all(Array.from({ length: 100 }, () => deposit(customerId, 3)));
    expect((await http('GET', `/accounts/${customerId}`)).body.available).toBe(300);
  });

  it('reject another currency with 422 and a pointer', async () => {
    const customerId = newId();
    await deposit(customerId, 500);
    const { status, body } = await deposit(customerId, 500, {}, 'EUR');
    expect(status).toBe(422);
    expect(body).toMatchObject({ type: 'urn:quadrille:problem:currency-mismatch', errors: [{ pointer: '/currency' }] });
  });

  it('reject invalid amounts with a pointer to the field', async () => {
    const refusals = new Map<unknown, number>([
      ['500', 400],
      [null, 400],
      [1.5, 400],
      [0, 422],
      [-1, 422],
      [2 ** 53, 422],
    ]);
    for (const [amount, expected] of refusals) {
      const { status, body } = await http('POST', `/accounts/${newId()}/deposits`, { amount, currency: 'GBP' });
      const pointer = body.errors?.[0].pointer;
      expect({ amount, status, pointer }).toEqual({ amount, status: expected, pointer: '/amount' });
    }
    expect((await deposit(newId(), 1, {}, 'XXX')).status).toBe(422);
    expect((await deposit('nobody', 1)).status).toBe(400);
  });

  it('are unknown without an event or deposit', async () => {
    expect((await http('GET', `/accounts/${newId()}`)).status).toBe(404);
    expect((await payments(newId())).status).toBe(404);
    expect((await payments('nothing')).status).toBe(400);
  });

  it('are described in OpenAPI', async () => {
    const { body } = await http('GET', '/openapi.json');
    const { post } = body.paths['/accounts/{customerId}/deposits'];
    expect(Object.keys(post.responses)).toEqual(expect.arrayContaining(['201', '400', '409', '422']));
    expect(JSON.stringify(post.requestBody)).toContain('amount');
    expect(JSON.stringify(body.paths['/payments/{orderId}'].get.responses['200'])).toContain('postings');
  });
});

describe('payments over Kafka', () => {
  it('are charged to the account and refunded, and the ledger balances', async () => {
    const customerId = newId();
    await deposit(customerId, 10_000);
    const details = order({ customerId });
    await publish(OrderCreated, details);
    await untilPayment(details.orderId, 'authorized');
    expect((await http('GET', `/accounts/${customerId}`)).body).toMatchObject({ available: 4_100, held: 5_900 });
    await publish(ShipmentCreated, booked(details));
    await untilPayment(details.orderId, 'captured');
    await publish(InventoryReleased, released(details));
    const { body } = await untilPayment(details.orderId, 'refunded');
    expect(body).toMatchObject({ method: 'account', amount: 5_900, reason: 'changed-mind' });
    expect(body.postings).toHaveLength(6);
    expect((await http('GET', `/accounts/${customerId}`)).body).toMatchObject({ available: 10_000, held: 0 });
    expect((await http('GET', '/ledger/trial-balance')).body).toMatchObject({ balanced: true, total: 0 });
  });

  it('by card are charged once and refunded', async () => {
    const details = order({ customerId: null, payment: { method: 'card' } });
    await publish(OrderCreated, details);
    await untilPayment(details.orderId, 'authorized');
    await publish(ShipmentCreated, booked(details));
    await untilPayment(details.orderId, 'captured');
    expect(await provider.charge(details.orderId)).toMatchObject({ captured: 5_900, net: 5_900 });
    await publish(InventoryReleased, released(details));
    await untilPayment(details.orderId, 'refunded');
    expect(await provider.charge(details.orderId)).toMatchObject({ refunded: 5_900, net: 0 });
    const types = await typesAbout(details.orderId, 3);
    expect(types).toEqual(['PaymentAuthorized', 'PaymentCaptured', 'PaymentRefunded']);
  });

  it('leave no hold if the cancellation overtakes the order', async () => {
    const details = order({ payment: { method: 'card' } });
    await publish(InventoryReleased, released(details));
    await untilPayment(details.orderId, 'voided');
    await publish(OrderCreated, details);
    const marker = order({ customerId: null, payment: { method: 'card' } });
    await publish(OrderCreated, marker);
    await untilPayment(marker.orderId, 'authorized');
    await until(
      () => provider.charge(details.orderId),
      ({ calls }) => calls.authorize === 1,
    );
    expect(await provider.charge(details.orderId)).toMatchObject({ status: 'reversed', held: 0, net: 0 });
    await typesAbout(marker.orderId, 1);
    expect(await typesAbout(details.orderId, 1)).toEqual(['PaymentVoided']);
  });

  it('by card wait while the provider is down and end afterwards; payments from accounts continue', async () => {
    await provider.misbehave({ down: true });
    const waiting = order({ customerId: null, payment: { method: 'card' } });
    const returned = order({ customerId: null, payment: { method: 'card' } });
    await publish(OrderCreated, waiting);
    await publish(OrderCreated, returned);
    await publish(InventoryReleased, released(returned));
    const customerId = newId();
    await deposit(customerId, 10_000);
    const onAccount = order({ customerId });
    await publish(OrderCreated, onAccount);
    await untilPayment(onAccount.orderId, 'authorized');
    expect((await payments(waiting.orderId)).status).toBe(404);

    await provider.misbehave({});
    await untilPayment(waiting.orderId, 'authorized');
    await untilPayment(returned.orderId, 'voided');
    expect(await provider.charge(waiting.orderId)).toMatchObject({ status: 'authorized', held: 5_900 });
    expect(await provider.charge(returned.orderId)).toMatchObject({ status: 'reversed', held: 0, net: 0 });
  });
});
