import { EventProducer, type IncomingRecord, KafkaTransport } from '@quadrille/kafka';
import pg from 'pg';
import {
  authorize,
  capture,
  end,
  type Order,
  place,
  Refused,
  refusePayment,
  reserve,
  ship,
  voidPayment,
} from './checkout.js';
import { serve } from './server.js';
import { within } from './six-transactions.js';
import type { ServiceOfReference } from './tables.js';

type Topic = 'placed' | 'authorized' | 'reserved' | 'shipped' | 'captured' | 'out-of-stock' | 'refused';
/** Runs in one transaction of the service. */
type Work = (client: pg.ClientBase, order: Order, reason: string) => Promise<void>;
/** `refusing`: the work and the topic after a {@link Refused}; a step without it has none. */
interface Step {
  readonly work: Work;
  readonly emits?: Topic;
  readonly refusing?: { readonly work?: Work; readonly emits: Topic };
}

/** Each topic has one event type, and only the services that react to it read it: the cheapest topology. */
const STEPS: Readonly<Record<ServiceOfReference, Readonly<Partial<Record<Topic, Step>>>>> = {
  order: {
    captured: { work: (client, order) => end(client, order, 'COMPLETED') },
    refused: { work: (client, order, reason) => end(client, order, 'CANCELLED', reason) },
  },
  payment: {
    placed: { work: authorize, emits: 'authorized', refusing: { work: refusePayment, emits: 'refused' } },
    shipped: { work: capture, emits: 'captured' },
    'out-of-stock': { work: voidPayment, emits: 'refused' },
  },
  inventory: { authorized: { work: reserve, emits: 'reserved', refusing: { emits: 'out-of-stock' } } },
  shipping: { reserved: { work: ship, emits: 'shipped' } },
};
const TOPICS: readonly Topic[] = [...new Set(Object.values(STEPS).flatMap((steps) => Object.keys(steps) as Topic[]))];
const PREFIX = 'reference.';
const CONNECTIONS = 20;

/** The topics of the reference. */
export const eventTopics = TOPICS.map((topic) => PREFIX + topic);

/** The content of every record. */
interface Carried {
  readonly order: Order;
  readonly reason: string;
}

/**
 * One service of the six transactions as a choreography without guarantees: it commits, then publishes, with neither outbox nor inbox. A crash in
 * between loses the event, and a repeated event is applied twice. It has the processes, the transactions and the records of a
 * choreographed saga and nothing else: their price on this machine. The order service serves HTTP and creates the tables of all.
 */
export async function runService(
  service: ServiceOfReference,
  databases: Readonly<Record<ServiceOfReference, string>>,
  brokers: readonly string[],
  port: number,
): Promise<void> {
  const connection = { brokers, clientId: `${PREFIX}${service}` };
  const producer = new EventProducer(connection);
  await producer.connect();
  const publish = (topic: Topic, carried: Carried): Promise<void> => {
    const record = { topic: PREFIX + topic, key: carried.order.orderId, headers: {}, payload: JSON.stringify(carried) };
    return producer.send([record]);
  };
  const pool = new pg.Pool({ connectionString: databases[service], max: CONNECTIONS, pipeline: true });
  const steps = STEPS[service];
  const react = async ({ topic, value }: IncomingRecord): Promise<void> => {
    const { order, reason } = JSON.parse(value!) as Carried;
    const step = steps[topic.slice(PREFIX.length) as Topic]!;
    try {
      await within(pool, (client) => step.work(client, order, reason));
      if (step.emits) await publish(step.emits, { order, reason });
    } catch (error) {
      if (!(error instanceof Refused) || !step.refusing) throw error;
      const { work, emits } = step.refusing;
      if (work) await within(pool, (client) => work(client, order, error.message));
      await publish(emits, { order, reason: error.message });
    }
  };
  const transport = new KafkaTransport({
    ...connection,
    groupId: `${PREFIX}${service}`,
    topics: Object.keys(steps).map((topic) => PREFIX + topic),
    onRecords: async (records) => void (await Promise.all(records.map(react))),
  });
  await new Promise<void>((joined, failed) => transport.listen((error) => (error ? failed(error as Error) : joined())));
  if (service !== 'order') return;
  await serve(databases, port, async (_, order) => {
    await within(pool, (client) => place(client, order, 'PLACED'));
    // The answer does not wait for the broker.
    publish('placed', { order, reason: '' }).catch(console.error);
  });
}
