import { describe, expect, it } from '@jest/globals';
import {
  type Choreography,
  choreography,
  command,
  event,
  type SkipRule,
  UnreadableMessage,
  type ValueFormat,
} from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { z } from 'zod';
import { ServiceTopics } from './batch/write-batch.js';
import { EventRouter } from './event-router.js';
import { newId } from './ids.js';
import { WireReader } from './wire-reader.js';

const schema = z.object({ orderId: z.string(), customerId: z.string() });
const at = { key: 'orderId', recordKey: 'customerId', version: 1, schema } as const;
const Placed = event('Placed', { ...at, service: 'order', wireName: 'shop.placed' });
const Paid = event('Paid', { ...at, service: 'payment', wireName: 'shop.paid' });
const shop: Choreography = choreography({
  system: 'shop',
  endings: { PAID: Paid },
  rows: {
    place: { service: 'order', handles: command('POST /orders', schema), emits: [Placed] },
    pay: { service: 'payment', handles: [Placed], emits: [Paid] },
  },
});
const pay = {
  name: 'pay',
  row: shop.rows.pay!,
  loads: () => ({}),
  decide: () => Paid({ orderId: '', customerId: '' }),
};
const routerWith = (skip?: SkipRule, onSkipped?: (topic: string) => void) =>
  new EventRouter(shop, shop.rows, { service: 'payment', steps: [pay] }, skip && { skip, onSkipped });

function recordOf(changes: Partial<IncomingRecord> = {}, type = 'shop.placed.v1'): IncomingRecord {
  const envelope = {
    ...{ id: newId(), type, source: '/order/place', subject: 'o-1', time: '2026-01-01T00:00:00.000Z' },
    ...{ correlationid: 'o-1', data: { orderId: 'o-1', customerId: 'c-1' } },
  };
  const { topic, key, headers, payload } = encodeCloudEvent('shop.order.v1', envelope, 'c-1');
  return { topic, key, headers, value: payload, partition: 0, offset: '7', timestamp: '0', ...changes };
}
const foreign = (type?: string): IncomingRecord => recordOf({ headers: type === undefined ? {} : { ce_type: type } });

describe('a record of another system', () => {
  it.each<[string, SkipRule, (string | undefined)[], (string | undefined)[]]>([
    ['by the beginning of its type', { types: ['com.legacy.'] }, ['com.legacy.moved'], ['com.other', undefined]],
    ['without a type', { untyped: true }, [undefined], ['com.legacy.moved']],
    ['by a function', ({ key, type }) => key === 'c-1' && type === 'x', ['x'], ['y']],
  ])('is skipped %s, and counted', (_, skip, passed, others) => {
    const counted: string[] = [];
    const router = routerWith(skip, (topic) => counted.push(topic));
    for (const type of passed) expect(router.take(foreign(type))).toEqual([]);
    expect(counted).toEqual(passed.map(() => 'shop.order.v1'));
    for (const type of others) expect(router.take(foreign(type))).toMatchObject([{ code: 'unknown-type' }]);
    expect(counted).toHaveLength(passed.length);
  });

  it('becomes a dead letter by default', () => {
    expect(routerWith().take(foreign('com.legacy.moved'))).toMatchObject([{ code: 'unknown-type' }]);
  });

  it('is never one of the choreography, even if all are skipped', () => {
    const router = routerWith(() => true);
    expect(router.take(recordOf())).toMatchObject([{ from: 'event', key: 'o-1' }]);
    expect(router.take(recordOf({ topic: 'shop.payment.v1' }))).toMatchObject([{ code: 'wrong-origin' }]);
  });

  it('becomes a dead letter if the function throws', () => {
    const router = routerWith(() => {
      throw new Error('a typing mistake');
    });
    expect(router.take(foreign('x'))).toMatchObject([
      { code: 'unreadable-bug', cause: expect.stringContaining('typing') },
    ]);
  });
});

describe('an event whose record has another key', () => {
  it('is published with that field as its key, and the saga as its subject', () => {
    const { key, headers } = new ServiceTopics(shop, shop.rows, 'order').recordOf({
      ...{
        id: newId(),
        type: 'shop.placed.v1',
        source: '/order/place',
        subject: 'o-1',
        time: '',
        correlationid: 'o-1',
      },
      data: { orderId: 'o-1', customerId: 'c-1' },
    });
    expect([key, headers.ce_subject]).toEqual(['c-1', 'o-1']);
  });

  it('is handled under the key of the saga', () => {
    expect(routerWith().take(recordOf())).toMatchObject([{ from: 'event', key: 'o-1' }]);
  });

  it('is refused under another key than its data have', () => {
    expect(routerWith().take(recordOf({ key: 'c-2' }))).toMatchObject([
      { code: 'wrong-origin', cause: 'Placed has the record key c-2, which is not its customerId.' },
    ]);
  });

  it('blocks the saga if it cannot be read, not the customer', () => {
    expect(routerWith().take(recordOf({ value: '{' }))).toMatchObject([{ code: 'malformed', step: 'pay', key: 'o-1' }]);
  });
});

describe('a record of a wire with another form', () => {
  const away = new Error('The schema registry is away.');
  const values: ValueFormat = {
    encode: async () => undefined,
    recognizes: (bytes) => bytes[0] === 0,
    async decode({ bytes }) {
      if (bytes[1] === 1) throw away;
      if (bytes[1] === 2) throw new UnreadableMessage('unknown-schema', 'There is no schema 2.');
      return JSON.stringify({ orderId: 'o-1', customerId: 'c-1' });
    },
  };
  const reader = new WireReader({ values, headers: { names: { type: 'event-type' } } }, routerWith({ untyped: true }));
  const encoded = (second: number, type = 'shop.placed.v1'): IncomingRecord => {
    const { headers, ...rest } = recordOf({ value: `\0${String.fromCharCode(second)}` });
    const { ce_type: _, ...others } = headers;
    return { ...rest, headers: { ...others, 'event-type': type } };
  };

  it('is handled in the default form, and parked in it', async () => {
    const [input] = await reader.route(encoded(0));
    expect(input).toMatchObject({
      ...{ from: 'event', payload: { orderId: 'o-1', customerId: 'c-1' } },
      original: { value: '{"orderId":"o-1","customerId":"c-1"}', headers: { ce_type: 'shop.placed.v1' } },
    });
    expect(await reader.route((input as { original: IncomingRecord }).original)).toMatchObject([{ from: 'event' }]);
  });

  it('becomes a dead letter as it came if its schema is unknown, and blocks its key', async () => {
    const received = encoded(2);
    expect(await reader.route(received)).toMatchObject([
      { code: 'unknown-schema', step: 'pay', key: 'o-1', original: received },
    ]);
  });

  it('is not taken while its value cannot be decoded', async () => {
    await expect(reader.route(encoded(1))).rejects.toBe(away);
  });

  it('is not decoded if no row handles it', async () => {
    expect(await reader.route(encoded(1, 'shop.paid.v1'))).toEqual([]);
    expect(await reader.route(recordOf({ headers: {}, value: '\0\x01' }))).toEqual([]);
  });
});
