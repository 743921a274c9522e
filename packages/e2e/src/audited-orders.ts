import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sources } from '@quadrille/audit';
import { cloudEventType, eventsOf, topicOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { createTopics, EventProducer, type OutgoingRecord } from '@quadrille/kafka';
import { startKafka } from '@quadrille/local';
import kafkajs, { Kafka, logLevel, type Message } from 'kafkajs';
import { consumersOf, TOPICS } from '../../audit/src/running/consumers.js';
import { type Audited, type AuditedTables, auditedTables } from './audited-tables.js';
import { removeData } from './remove-data.js';

const PARTITIONS = 2;
const ORDER_TOPIC = topicOf(checkout, 'order');
const typeOf = (name: string) => cloudEventType(eventsOf(shop).find((event) => event.name === name)!);

/** Snappy encoding without compression: the length, here in two bytes, then the bytes as one literal. */
function snappy(bytes: Buffer): Buffer {
  const [length, literal] = [bytes.length, bytes.length - 1];
  const head = [(length & 127) | 128, length >>> 7, 61 << 2, literal & 255, literal >>> 8];
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** All inputs of the auditor on real servers; only the spec writes to them. */
export class AuditedOrders {
  private constructor(
    readonly tables: AuditedTables,
    private readonly brokers: string[],
    private readonly producer: EventProducer,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<AuditedOrders> {
    const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-audited-kafka-'));
    const [tables, kafka] = await Promise.all([
      auditedTables(),
      startKafka({ dataDir: join(dataDir, 'kafka'), via: 'jvm' }),
    ]);
    const producer = new EventProducer({ brokers: kafka.brokers, clientId: 'spec' });
    const orders = new AuditedOrders(tables, kafka.brokers, producer, async () => {
      await producer.disconnect();
      await tables.stop();
      await kafka.stop();
      removeData(dataDir);
    });
    await orders.makeTopics();
    return orders;
  }

  get sources(): Sources {
    const { databases, providerUrl } = this.tables;
    return { databases, brokers: this.brokers, providerUrl };
  }

  async makeTopics(): Promise<void> {
    const wanted = { topics: TOPICS, partitions: PARTITIONS, replicationFactor: 1 };
    await createTopics({ brokers: this.brokers, clientId: 'spec', ...wanted });
  }

  /** A correctly completed order of one teapot; its events are committed and, by default, sent and handled. */
  async complete({ sent = true, at = Date.now() }: { sent?: boolean; at?: number } = {}): Promise<string> {
    const { tables } = this;
    const [orderId, cause] = [randomUUID(), randomUUID()];
    const [created, completed] = [randomUUID(), randomUUID()];
    const moment = new Date(at);
    await tables.query(
      'order',
      `insert into orders (order_id, status, total, currency, itinerary, placed_at, ended_at, version)
       values ($1, 'COMPLETED', 500, 'EUR', '{"items":[{"sku":"TEAPOT","quantity":1}]}', $2, $2, 2)`,
      [orderId, moment],
    );
    for (const [at, event] of [created, completed].entries()) {
      await tables.query(
        'order',
        `insert into order_events (stream_id, version, event_id, type, data, at) values ($1, $2, $3, 'an event', '{}', $4)`,
        [orderId, at + 1, event, moment],
      );
    }
    await tables.query('order', "insert into inbox (message_id, step) values ($1, 'complete-order')", [cause]);
    await tables.query(
      'payment',
      `insert into payments (order_id, status, method, amount, currency, created_at, changed_at)
       values ($1, 'captured', 'account', 500, 'EUR', $2, $2)`,
      [orderId, moment],
    );
    await tables.query(
      'payment',
      `insert into ledger_postings (transaction_id, account, amount, currency, order_id, at)
       values ($1, 'revenue', -500, 'EUR', $1, $2), ($1, 'cash', 500, 'EUR', $1, $2)`,
      [orderId, moment],
    );
    await tables.query(
      'inventory',
      `insert into reservations (order_id, status, items, created_at, changed_at)
       values ($1, 'committed', '[{"sku":"TEAPOT","quantity":1}]', $2, $2)`,
      [orderId, moment],
    );
    await tables.query(
      'inventory',
      `insert into stock (sku, received, available, reserved, sold, changed_at) values ('TEAPOT', 1, 0, 0, 1, now())
       on conflict (sku) do update set received = stock.received + 1, sold = stock.sold + 1`,
    );
    await tables.query(
      'shipping',
      `insert into shipments (order_id, status, tracking_number, destination, created_at, changed_at)
       values ($1, 'dispatched', 'T', 'Ada', $2, $2)`,
      [orderId, moment],
    );
    if (sent) {
      await this.publish(orderId, 'OrderCreated', created, 'place-order', null);
      await this.publish(orderId, 'OrderCompleted', completed, 'complete-order', cause);
    }
    return orderId;
  }

  /** Publishes an event on its topic and marks it as handled by every consumer. */
  private async publish(orderId: string, name: string, id: string, step: string, cause: string | null): Promise<void> {
    for (const hearer of consumersOf(name)) {
      await this.tables.query(hearer.service as Audited, 'insert into inbox (message_id, step) values ($1, $2)', [
        id,
        hearer.step,
      ]);
    }
    const headers: OutgoingRecord['headers'] = {
      ce_id: id,
      ce_type: typeOf(name),
      ce_source: `/order/${step}`,
      ce_correlationid: orderId,
      ...(cause && { ce_causationid: cause }),
    };
    await this.producer.send([{ topic: ORDER_TOPIC, key: orderId, headers, payload: '{}' }]);
  }

  /** Publishes arbitrary messages on the order service's topic. */
  async sendAnything(messages: Message[]): Promise<void> {
    const producer = this.kafka().producer();
    await producer.connect();
    await producer.send({ topic: ORDER_TOPIC, messages });
    await producer.disconnect();
  }

  /** Appends a batch to a partition of the order service's topic that no consumer can decompress, and that brokers store unchanged. */
  async sendUnreadable(partition: number): Promise<void> {
    const { CompressionCodecs, CompressionTypes, ConfigResourceTypes } = kafkajs;
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => snappy(buffer),
      decompress: async () => Promise.reject(new Error('Snappy compression not implemented')),
    });
    const configEntries = [{ name: 'compression.type', value: 'producer' }];
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: ORDER_TOPIC, configEntries }];
    await this.administrate((admin) => admin.alterConfigs({ validateOnly: false, resources }));
    const producer = this.kafka().producer();
    await producer.connect();
    const messages = [{ partition, key: 'k', value: 'packed' }];
    await producer.send({ topic: ORDER_TOPIC, messages, compression: CompressionTypes.Snappy });
    await producer.disconnect();
  }

  /** Deletes the oldest records of each partition of the order service's topic, as retention does, except for the last `allBut`. */
  async removeRecords(allBut: number): Promise<number> {
    return this.administrate(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(ORDER_TOPIC);
      const partitions = offsets.map(({ partition, high, low }) => ({
        partition,
        offset: String(Math.max(Number(low), Number(high) - allBut)),
      }));
      await admin.deleteTopicRecords({ topic: ORDER_TOPIC, partitions });
      return partitions.reduce((sum, { offset }) => sum + Number(offset), 0);
    });
  }

  /** Deletes and recreates the order service's topic, so that its offsets restart at 0. */
  async makeTopicAnew(): Promise<void> {
    await this.administrate((admin) => admin.deleteTopics({ topics: [ORDER_TOPIC] }));
    const deadline = Date.now() + 20_000;
    while (await this.administrate(async (admin) => (await admin.listTopics()).includes(ORDER_TOPIC))) {
      if (Date.now() > deadline) throw new Error(`${ORDER_TOPIC} is not deleted within 20 s.`);
    }
    await this.makeTopics();
  }

  private async administrate<Result>(work: (admin: ReturnType<Kafka['admin']>) => Promise<Result>): Promise<Result> {
    const admin = this.kafka().admin();
    await admin.connect();
    return work(admin).finally(() => admin.disconnect());
  }

  private kafka(): Kafka {
    return new Kafka({ brokers: this.brokers, clientId: 'spec', logLevel: logLevel.NOTHING });
  }
}
