import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudEventType, deadLetterTopicOf, topicOf } from '@quadrille/choreography';
import {
  checkout,
  OrderCreated,
  PaymentAuthorized,
  PaymentCaptured,
  type ServiceName,
  ShipmentCreated,
} from '@quadrille/contracts';
import { CompressionTypes } from 'kafkajs';
import pg from 'pg';
import { decide, discardAll, type Letter, lettersOf } from './dead-letters.js';
import { eventually } from './eventually.js';
import { type Foreign, sendForeign } from './foreigner.js';
import { holds } from './holds.js';
import { orderBody } from './order-body.js';
import { hold, type Stack, startStack } from './stack.js';
import { timelineOf, untilEnded, untilSeen } from './timeline.js';
import { recordsOn } from './wire.js';

const TOPIC = topicOf(checkout, PaymentAuthorized);
/** The consumers of that topic: a step of inventory, and order for its deadline. */
const HEARERS = ['order', 'inventory'] as const satisfies ServiceName[];
const PARTITIONS = [0, 1, 2, 3, 4, 5];
/** A broker accepts batches of up to 1,048,588 bytes; the framing of a batch with one record is smaller than this. */
const ALMOST_TOO_LARGE_BYTES = 1_048_588 - 88;

/** A record with the headers of an event. */
const authorized = (key: string, changes: Readonly<Record<string, string>>, value: string): Foreign => ({
  key,
  value,
  headers: {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_source: '/payment/authorize-payment',
    ce_type: cloudEventType(PaymentAuthorized),
    ce_subject: key,
    ce_time: new Date().toISOString(),
    ce_correlationid: key,
    ...changes,
  },
});
const large = (bytes: number) => JSON.stringify({ padding: 'x'.repeat(bytes) });
const withoutOrder = randomUUID();

const GARBAGE: [what: string, code: string, message: Foreign][] = [
  ['without key and headers', 'unknown-type', { value: 'hello' }],
  ['without anything', 'unknown-type', { value: null }],
  ['of an unknown type', 'unknown-type', authorized(withoutOrder, { ce_type: 'quadrille.payment.guessed.v1' }, '{}')],
  ['of the largest size that a broker accepts', 'unknown-type', { value: randomBytes(ALMOST_TOO_LARGE_BYTES) }],
  ['with zeros where letters should be', 'unknown-type', { key: '\0\0', value: '\0', headers: { ce_type: '\0' } }],
];
const UNREADABLE: [what: string, code: string, message: (key: string) => Foreign][] = [
  ['is no JSON', 'malformed', (key) => authorized(key, {}, '{"orderId":')],
  ['has no time', 'malformed', (key) => authorized(key, { ce_time: 'soon' }, '{}')],
  [
    'is of a later version',
    'unknown-version',
    (key) => authorized(key, { ce_type: `${PaymentAuthorized.wireName}.v99` }, '{}'),
  ],
  ['breaks its schema', 'invalid-data', (key) => authorized(key, {}, '{"orderId":"?"}')],
  ['is larger than any of ours', 'too-large', (key) => authorized(key, {}, large(ALMOST_TOO_LARGE_BYTES - 1_000))],
  ['is full of quotation marks', 'invalid-data', (key) => authorized(key, {}, JSON.stringify('"'.repeat(400_000)))],
];

describe('a message that cannot be handled', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  }, 180_000);
  afterAll(() => stack?.stop(), 60_000);
  afterEach(async () => {
    for (const service of HEARERS) await discardAll(stack, service);
    await holds(stack);
  });

  const place = async (): Promise<string> => (await stack.shop.placeOrder(orderBody())).body.orderId;
  const dead = (service: ServiceName, count: number): Promise<Letter[]> =>
    eventually(
      `${count} dead letters of ${service}`,
      () => lettersOf(stack, service, 'state=dead'),
      (letters) => letters.length >= count,
    );
  /** The notices of a service on its dead-letter topic. */
  const notices = async (service: ServiceName) => {
    const records = await recordsOn(stack, [deadLetterTopicOf(checkout, service)]);
    return records.map(({ value }) => JSON.parse(value!) as { messageId: string; code: string; cause: string });
  };
  const noticed = (service: ServiceName, code: string, before: number) =>
    eventually(
      `notice of ${service}`,
      async () => (await notices(service)).slice(before).map((notice) => notice.code),
      (codes) => codes.filter((each) => each === code).length >= 1,
    );

  it.each(GARBAGE)(
    'becomes a dead letter if it is %s, on every partition, and the partitions continue',
    async (_, code, message) => {
      await sendForeign(
        stack,
        TOPIC,
        PARTITIONS.map((partition) => ({ ...message, partition })),
      );
      for (const service of HEARERS) {
        const letters = await dead(service, PARTITIONS.length);
        expect(letters.map((letter) => [letter.code, letter.step])).toEqual(PARTITIONS.map(() => [code, '*']));
        expect(letters[0]!.cause).toMatch(/^The type .* is in no contract of this system\.$/);
      }
      const orders = await Promise.all(Array.from({ length: 12 }, place));
      for (const orderId of orders) expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
      for (const service of HEARERS) expect(await lettersOf(stack, service)).toHaveLength(PARTITIONS.length);
    },
  );

  it.each(UNREADABLE)(
    'blocks only its own saga if it is an event that %s; after a discard, the saga continues',
    async (_, code, message) => {
      const before = (await notices('inventory')).length;
      await hold(stack.system, 'payment', [topicOf(checkout, OrderCreated)]);
      const orderId = await place();
      await sendForeign(stack, TOPIC, [message(orderId)]);
      const [letter] = await dead('inventory', 1);
      expect(letter).toMatchObject({ step: 'reserve-inventory', key: orderId, code, attempts: 1 });
      await hold(stack.system, 'payment', []);
      expect(await untilEnded(stack, await place())).toBe('COMPLETED');

      await eventually(
        'the real event behind it',
        () => lettersOf(stack, 'inventory', `key=${orderId}`),
        (letters) => letters.map(({ state }) => state).join() === 'dead,queued',
      );
      await noticed('inventory', code, before);
      const waiting = await eventually(
        'the notice in the timeline',
        () => timelineOf(stack, orderId),
        ({ awaited }) => awaited[0]?.givenUp !== null,
      );
      expect(waiting.awaited).toMatchObject([{ step: 'reserve-inventory', givenUp: { code } }]);

      const [, queued] = await lettersOf(stack, 'inventory', `key=${orderId}`);
      expect(await decide(stack, 'inventory', queued!, 'redrive')).toBe(409);
      expect(await decide(stack, 'inventory', letter!, 'discard')).toBe(200);
      expect(await decide(stack, 'inventory', letter!, 'discard')).toBe(404);
      expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
      expect(await lettersOf(stack, 'inventory')).toEqual([]);
    },
  );

  it('is rejected if it is an event on the topic of another service, and blocks no saga', async () => {
    await hold(stack.system, 'payment', [topicOf(checkout, OrderCreated)]);
    const orderId = await place();
    const changes = { ce_type: cloudEventType(PaymentCaptured), ce_source: '/payment/capture-payment' };
    await sendForeign(stack, topicOf(checkout, ShipmentCreated), [authorized(orderId, changes, '{}')]);
    const [letter] = await dead('order', 1);
    expect(letter).toMatchObject({ step: '*', code: 'wrong-origin' });
    expect(letter!.cause).toBe(
      'PaymentCaptured was published to quadrille.shipping.shipment-created, not to quadrille.payment.captured.',
    );
    expect((await stack.shop.order(orderId)).body.status).toBe('PLACED');
    await hold(stack.system, 'payment', []);
    expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
  });

  it('becomes a dead letter if its key is too long', async () => {
    const key = randomBytes(5_000).toString('hex');
    await sendForeign(stack, TOPIC, [authorized(key, {}, '{"orderId":')]);
    expect(await dead('inventory', 1)).toMatchObject([{ step: '*', code: 'malformed' }]);
    expect(await untilEnded(stack, await place())).toBe('COMPLETED');
  });

  it('is handled even if another producer compressed it', async () => {
    const topic = topicOf(checkout, OrderCreated);
    await hold(stack.system, 'payment', [topic]);
    const orderId = await place();
    await untilSeen(stack, orderId, 1);
    const { headers, value } = (await recordsOn(stack, [topic])).find(({ key }) => key === orderId)!;
    await sendForeign(stack, topic, [{ key: orderId, headers, value }], CompressionTypes.GZIP);
    await hold(stack.system, 'payment', []);
    expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
    expect(await lettersOf(stack, 'payment')).toEqual([]);
  });

  it('becomes a dead letter if the step fails repeatedly, and its saga continues after a redrive', async () => {
    await hold(stack.system, 'inventory', [TOPIC]);
    const orderId = await place();
    const inventory = new pg.Client({ connectionString: stack.system.databases.inventory! });
    await inventory.connect();
    await inventory.query(`alter table reservations add constraint broken check (order_id <> '${orderId}')`);
    await hold(stack.system, 'inventory', []);
    const [letter] = await eventually(
      'its death',
      () => lettersOf(stack, 'inventory', 'state=dead'),
      (letters) => letters.length === 1,
    );
    expect(letter).toMatchObject({ step: 'reserve-inventory', key: orderId, code: 'database', attempts: 5 });
    expect(letter!.cause).toContain('broken');
    expect(await untilEnded(stack, await place())).toBe('COMPLETED');

    await inventory.query('alter table reservations drop constraint broken');
    await inventory.end();
    expect(await decide(stack, 'inventory', letter!, 'redrive')).toBe(202);
    expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
    expect(await lettersOf(stack, 'inventory')).toEqual([]);
  });
});
