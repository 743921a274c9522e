import { eventTopicsOf, groupOf, topicsConsumedBy } from '@quadrille/choreography';
import { checkout, SERVICES, shop } from '@quadrille/contracts';
import { EventProducer, type IncomingRecord, KafkaTransport, type OutgoingRecord, readTopics } from '@quadrille/kafka';
import { eventually } from './eventually.js';
import type { Stack } from './stack.js';

type Wired = Pick<Stack, 'system'>;

/** Every topic with events. */
const TOPICS: readonly string[] = eventTopicsOf(checkout, shop);

const connection = ({ system }: Wired) => ({ brokers: system.kafka.brokers, clientId: 'quadrille.e2e' });

/** All current records of some topics, in order per partition. */
export async function recordsOn(stack: Wired, topics: readonly string[] = TOPICS): Promise<IncomingRecord[]> {
  const records: IncomingRecord[] = [];
  await readTopics({ ...connection(stack), topics }, (record) => records.push(record));
  return records;
}

/** The data to resend a record unchanged. */
export const copyOf = ({ topic, key, headers, value }: IncomingRecord): OutgoingRecord => ({
  topic,
  key: key ?? '',
  headers,
  payload: value ?? '',
});

/** Publishes records in this order. */
export async function send(stack: Wired, records: readonly OutgoingRecord[]): Promise<void> {
  const producer = new EventProducer(connection(stack));
  try {
    await producer.send(records);
  } finally {
    await producer.disconnect();
  }
}

/** Waits until every service has consumed its topics completely. */
export async function untilConsumed(stack: Wired): Promise<void> {
  for (const service of SERVICES) {
    const topics = topicsConsumedBy(checkout, shop, service);
    if (topics.length === 0) continue;
    const groupId = groupOf(checkout.system, service);
    const group = new KafkaTransport({ ...connection(stack), groupId, topics, onRecords: async () => {} });
    try {
      const behind = async () => Object.values(await group.lag()).reduce((sum, each) => sum + each, 0);
      await eventually(`${service} without lag`, behind, (records) => records === 0);
    } finally {
      await group.close();
    }
  }
}

/** Republishes every record directly after it was published, until it is stopped. */
export async function startEcho(stack: Wired): Promise<{ stop(): Promise<void> }> {
  const producer = new EventProducer(connection(stack));
  const echoed = new Set<string>();
  const echo = new KafkaTransport({
    ...connection(stack),
    groupId: `quadrille.echo.${Date.now()}`,
    topics: TOPICS,
    async onRecords(records) {
      const fresh = new Map(records.map((record) => [record.headers.ce_id!, record]));
      for (const id of echoed) fresh.delete(id);
      if (fresh.size > 0) await producer.send([...fresh.values()].map(copyOf));
      for (const id of fresh.keys()) echoed.add(id);
    },
  });
  await new Promise<void>((joined, failed) => echo.listen((error) => (error ? failed(error) : joined())));
  return {
    async stop() {
      await eventually(
        'the last echo',
        async () => Object.values(await echo.lag()),
        (lags) => lags.every((records) => records === 0),
      );
      await echo.close();
      await producer.disconnect();
    },
  };
}
