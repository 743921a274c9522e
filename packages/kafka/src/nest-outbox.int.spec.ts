import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { choreography, command, demandOwner, event } from '@quadrille/choreography';
import { startKafka } from '@quadrille/local';
import { z } from 'zod';
import { decodeCloudEvent } from './cloud-event.js';
import { ChoreographyTransport, type NestOutboxMessage, nestOutboxMessage } from './nest-outbox.js';
import { readTopics } from './read-topics.js';
import type { IncomingRecord } from './record.js';
import { RealKafka } from './spec/real-kafka.js';
import { createTopics } from './topics.js';

const Order = z.object({ orderId: z.string(), sku: z.string() });
const Placed = event('Placed', {
  ...{ service: 'orders', wireName: 'shop.placed', key: 'orderId', version: 1, schema: Order, final: true },
});
const ordering = choreography({
  system: 'shop',
  endings: { PLACED: Placed },
  rows: { 'place-order': { service: 'orders', handles: command('POST /orders', Order), emits: [Placed] } },
});
const TOPIC = 'shop.orders.v1';

/**
 * Stands in for the relay of `@nestjs/outbox` 0.1.3, which the npm registry does not have: the members of its messages and the order per key
 * follow its published source. A real relay has leases, backoff and dead letters besides.
 */
class RelayStandIn {
  private readonly stored: NestOutboxMessage[] = [];

  /** As `Outbox.add`: a JSON snapshot with an id. */
  add({ topic, key = null, payload, headers = {} }: Partial<NestOutboxMessage> & { topic: string }): string {
    const id = randomUUID();
    const snapshot = JSON.parse(JSON.stringify(payload));
    const delivery = { createdAt: 1_767_225_600_000, availableAt: 0, attempts: 0, lastError: null };
    this.stored.push({ id, topic, key, payload: snapshot, headers, ...delivery });
    return id;
  }

  /** Publishes each message until it is accepted; those of one key one after the other. `attempts`: before an error is thrown. */
  async publishTo(
    transport: { publish(message: NestOutboxMessage, options: { signal: AbortSignal }): Promise<void> },
    attempts = 1,
  ): Promise<void> {
    for (const message of this.stored.splice(0)) {
      for (let attempt = 1; ; attempt++) {
        try {
          await transport.publish(message, { signal: AbortSignal.timeout(30_000) });
          break;
        } catch (error) {
          if (attempt >= attempts) throw error;
        }
      }
    }
  }
}

const kafka = new RealKafka(startKafka);
let transport: ChoreographyTransport;
beforeAll(async () => {
  await kafka.start();
  await createTopics({ ...kafka.connection, topics: [TOPIC], partitions: 2, replicationFactor: 1 });
  transport = new ChoreographyTransport(kafka.connection);
});
afterEach(() => kafka.endTest());
afterAll(async () => {
  await transport?.close();
  await kafka.stop();
});

describe('a choreography behind @nestjs/outbox (a stand-in for its relay)', () => {
  it('receives its events as records that steps read, in the order of each key', async () => {
    const relay = new RelayStandIn();
    const placed = ['tea', 'cup'].map((sku) => Placed({ orderId: 'o-1', sku }));
    const ids = placed.map((each) => relay.add(nestOutboxMessage(ordering, 'place-order', each)));
    await relay.publishTo(transport);
    const records: IncomingRecord[] = [];
    await readTopics({ ...kafka.connection, topics: [TOPIC] }, (record) => records.push(record));
    const envelopes = records.map((record) => decodeCloudEvent(record));
    expect(records.map(({ key }) => key)).toEqual(['o-1', 'o-1']);
    expect(envelopes).toMatchObject([
      { id: ids[0], type: 'shop.placed.v1', source: '/orders/place-order', subject: 'o-1', data: { sku: 'tea' } },
      { id: ids[1], correlationid: 'o-1', time: '2026-01-01T00:00:00.000Z', data: { sku: 'cup' } },
    ]);
    for (const [at, { key }] of records.entries()) expect(() => demandOwner(Placed, key, envelopes[at]!)).not.toThrow();
  });

  it('leaves the repetition to the relay while Kafka cannot be reached', async () => {
    const away = new ChoreographyTransport({ brokers: ['127.0.0.1:1'], clientId: 'spec' });
    kafka.later(() => away.close());
    const relay = new RelayStandIn();
    relay.add(nestOutboxMessage(ordering, 'place-order', Placed({ orderId: 'o-2', sku: 'tea' })));
    await expect(relay.publishTo(away)).rejects.toThrow(/127\.0\.0\.1:1/);
  });

  it('refuses a message that is no event, and an event that the row does not emit', async () => {
    const relay = new RelayStandIn();
    relay.add({ topic: TOPIC, key: 'o-3', payload: {} });
    await expect(relay.publishTo(transport)).rejects.toThrow(
      'is no event of a choreography: make it with nestOutboxMessage().',
    );
    const other = { type: 'Paid', data: {} };
    expect(() => nestOutboxMessage(ordering, 'place-order', other)).toThrow("The row 'place-order' does not emit Paid");
  });
});
