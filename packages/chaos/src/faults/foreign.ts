import type { Message } from 'kafkajs';
import type { Injection } from './injection.js';
import { EVENT_TOPICS, foreignKafka } from './topics.js';

const EVENT = {
  'content-type': 'application/json',
  ce_specversion: '1.0',
  ce_source: '/somebody/else',
  ce_subject: 'foreign',
  ce_time: '2020-01-01T00:00:00.000Z',
  ce_correlationid: 'foreign',
};
const eventOf = (nth: number, type: string) => ({
  ...EVENT,
  ce_id: `0199bbbb-0000-7000-8000-${String(nth).padStart(12, '0')}`,
  ce_type: type,
});
const CREATED_V1 = 'quadrille.order.created.v1';

/** Records that a broker accepts from any producer and that a consumer may fail to read. */
const RECORDS: readonly Message[] = [
  // Duplicate headers, as tracers and retry libraries write them.
  { key: 'foreign', value: 'hello', headers: { traceparent: ['00-a', '00-b'], z: 'q' } },
  { key: 'foreign', value: '{}', headers: { ...eventOf(1, 'somebody.else.v1'), ce_type: [CREATED_V1, 'x.v1'] } },
  // Data that an upcaster does not expect, and no data.
  { key: 'foreign', value: 'null', headers: eventOf(2, CREATED_V1) },
  { key: 'foreign', value: null, headers: eventOf(3, CREATED_V1) },
  { key: 'foreign', value: '[]', headers: eventOf(4, CREATED_V1) },
  // Bytes that are not valid text, a character that PostgreSQL cannot store, and no key.
  {
    key: 'for\0eign',
    value: '{"a":"\\u0000"}',
    headers: { ...eventOf(5, 'somebody.else.v1'), blob: Buffer.from([0xff, 0xfe, 0x00]) },
  },
  { key: null, value: Buffer.from([0x00, 0xc3, 0x28]), headers: {} },
  { key: 'foreign', value: '{}', headers: eventOf(6, 'quadrille.order.created.v99') },
];

/** Publishes these records on every topic, unless the broker is unreachable. */
export const unreadableRecord: Injection = async (system) => {
  const producer = foreignKafka(system).producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    const topicMessages = EVENT_TOPICS.map((topic) => ({ topic, messages: [...RECORDS] }));
    await producer.sendBatch({ topicMessages });
  } catch {
    // The broker is down because of another fault.
  } finally {
    await producer.disconnect().catch(() => {});
  }
  return async () => {};
};
