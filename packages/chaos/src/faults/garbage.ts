import { eventTopicsOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { EventProducer, type OutgoingRecord } from '@quadrille/kafka';
import type { Injection } from './injection.js';

/** Every topic with events. */
const TOPICS = eventTopicsOf(checkout, shop);

const KEY = 'garbage';
const FOREIGN = {
  ce_specversion: '1.0',
  ce_id: '0199aaaa-0000-7000-8000-000000000000',
  ce_source: '/somebody/else',
  ce_time: '2020-01-01T00:00:00.000Z',
  'content-type': 'application/json',
};

/** Records that no service publishes: not an event, an unknown type, truncated data, and invalid data of a known type. */
const garbageOn = (topic: string): OutgoingRecord[] => [
  { topic, key: KEY, headers: {}, payload: 'garbage' },
  { topic, key: KEY, headers: { ...FOREIGN, ce_type: 'somebody.else.v1' }, payload: '{}' },
  { topic, key: KEY, headers: { ...FOREIGN, ce_type: 'quadrille.order.created.v1' }, payload: '{"orderId":' },
  { topic, key: KEY, headers: { ...FOREIGN, ce_type: 'quadrille.order.created.v1' }, payload: '{"orderId":"1"}' },
];

/** Publishes garbage on every topic, bypassing the proxies. An unreachable broker is skipped. */
export const garbage: Injection = async ({ kafka }) => {
  const producer = new EventProducer(kafka.connection);
  try {
    await producer.send(TOPICS.flatMap(garbageOn)).catch(() => {});
  } finally {
    await producer.disconnect();
  }
  return async () => {};
};
