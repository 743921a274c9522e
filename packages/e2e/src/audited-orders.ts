import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sources } from '@quadrille/audit';
import { cloudEventType, eventsOf, topicOf } from '@quadrille/choreography';
import { checkout, OrderCompleted, OrderCreated, shop } from '@quadrille/contracts';
import { createTopics, EventProducer, type OutgoingRecord } from '@quadrille/kafka';
import { startKafka } from '@quadrille/local';
import kafkajs, { Kafka, logLevel, type Message } from 'kafkajs';
import { consumersOf, TOPICS } from '../../audit/src/running/consumers.js';
import { type Audited, type AuditedTables, auditedTables } from './audited-tables.js';
import { removeData } from './remove-data.js';
import { snappy } from './snappy.js';

const PARTITIONS = 2;
const [CREATED, COMPLETED] = [topicOf(checkout, OrderCreated), topicOf(checkout, OrderCompleted)];
const ORDER_TOPICS = [CREATED, COMPLETED];
const typeOf = (name: string) => cloudEventType(eventsOf(shop).find((event) => event.name === name)!);

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
      `insert into orders (order_id, status, total, currency, details, placed_at, ended_at, version)
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
  private async publish(
    orderId: string,
    name: 'OrderCreated' | 'OrderCompleted',
    id: string,
    step: string,
    cause: string | null,
  ): Promise<void> {
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
    const topic = name === 'OrderCreated' ? CREATED : COMPLETED;
    await this.producer.send([{ topic, key: orderId, headers, payload: '{}' }]);
  }

  /** Publishes arbitrary messages on the topic of new orders. */
  async sendAnything(messages: Message[]): Promise<void> {
    const producer = this.kafka().producer();
    await producer.connect();
    await producer.send({ topic: CREATED, messages });
    await producer.disconnect();
  }

  /** Appends a batch to a partition of the topic of new orders that no consumer can decompress, and that brokers store unchanged. */
  async sendUnreadable(partition: number): Promise<void> {
    const { CompressionCodecs, CompressionTypes, ConfigResourceTypes } = kafkajs;
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => snappy(buffer),
      decompress: async () => Promise.reject(new Error('Snappy compression not implemented')),
    });
    const configEntries = [{ name: 'compression.type', value: 'producer' }];
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: CREATED, configEntries }];
    await this.administrate((admin) => admin.alterConfigs({ validateOnly: false, resources }));
    const producer = this.kafka().producer();
    await producer.connect();
    const messages = [{ partition, key: 'k', value: 'packed' }];
    await producer.send({ topic: CREATED, messages, compression: CompressionTypes.Snappy });
    await producer.disconnect();
  }

  /** Deletes records as retention does, except for the last `allBut` of each partition; returns the number of all deleted ones. */
  async removeRecords(allBut: number): Promise<number> {
    return this.administrate(async (admin) => {
      let removed = 0;
      for (const topic of ORDER_TOPICS) {
        const offsets = await admin.fetchTopicOffsets(topic);
        const partitions = offsets.map(({ partition, high, low }) => ({
          partition,
          offset: String(Math.max(Number(low), Number(high) - allBut)),
        }));
        await admin.deleteTopicRecords({ topic, partitions });
        removed += partitions.reduce((sum, { offset }) => sum + Number(offset), 0);
      }
      return removed;
    });
  }

  /** Deletes and recreates the order service's topics, so that their offsets restart at 0. */
  async makeTopicsAnew(): Promise<void> {
    await this.administrate((admin) => admin.deleteTopics({ topics: ORDER_TOPICS }));
    const deadline = Date.now() + 20_000;
    const exist = (topics: readonly string[]) => ORDER_TOPICS.some((topic) => topics.includes(topic));
    while (exist(await this.administrate((admin) => admin.listTopics()))) {
      if (Date.now() > deadline) throw new Error(`${ORDER_TOPICS.join(' or ')} is not deleted within 20 s.`);
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
