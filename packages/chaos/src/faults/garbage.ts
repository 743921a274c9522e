import { eventsOf, topicOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { EventProducer, type OutgoingRecord } from '@quadrille/kafka';
import type { Injection } from './injection.js';

/** Every topic on which events are said. */
const TOPICS = [...new Set(eventsOf(shop).map(({ service }) => topicOf(checkout.system, service)))];

const KEY = 'garbage';
const FOREIGN = {
  ce_specversion: '1.0',
  ce_id: '0199aaaa-0000-7000-8000-000000000000',
  ce_source: '/somebody/else',
  ce_time: '2020-01-01T00:00:00.000Z',
  'content-type': 'application/json',
};

/** What nobody of ours has said: no event at all, half of one, one of an unknown type, one of ours with a body that is none. */
const garbageOn = (topic: string): OutgoingRecord[] => [
  { topic, key: KEY, headers: {}, payload: 'garbage' },
  { topic, key: KEY, headers: { ...FOREIGN, ce_type: 'somebody.else.v1' }, payload: '{}' },
  { topic, key: KEY, headers: { ...FOREIGN, ce_type: 'quadrille.order.created.v1' }, payload: '{"orderId":' },
  { topic, key: KEY, headers: { ...FOREIGN, ce_type: 'quadrille.order.created.v1' }, payload: '{"orderId":"1"}' },
];

/** Puts garbage on every topic, past all proxies. Who cannot be reached gets none. */
export const garbage: Injection = async ({ kafka }) => {
  const producer = new EventProducer({ brokers: kafka.directBrokers, clientId: 'quadrille.chaos' });
  try {
    await producer.send(TOPICS.flatMap(garbageOn)).catch(() => {});
  } finally {
    await producer.disconnect();
  }
  return async () => {};
};
