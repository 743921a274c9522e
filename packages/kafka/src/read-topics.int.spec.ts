import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import { clientOf } from './client.js';
import { readTopics } from './read-topics.js';
import { RealKafka } from './spec/real-kafka.js';

/** The default wait of a kafkajs consumer for records. */
const LONGEST_WAIT_OF_KAFKAJS_MS = 5_000;

const kafka = new RealKafka(startKafka);

beforeAll(() => kafka.start());
afterEach(() => kafka.endTest());
afterAll(() => kafka.stop());

/** Removes records, as retention does. */
async function removeRecords(topic: string, partition: number, before: bigint): Promise<void> {
  const admin = clientOf(kafka.connection).admin();
  await admin.connect();
  try {
    // kafkajs finds the leader only of topics with metadata.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
  } finally {
    await admin.disconnect();
  }
}

describe('the read of a part of a topic', () => {
  it('reads the remaining records when some are removed during the read, and ends when none remain', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, 1, 10);
    await removeRecords(topic, 0, 4n);
    const left: string[] = [];
    await readTopics({ ...kafka.connection, topics: [topic] }, ({ offset }) => left.push(offset));
    expect(left).toEqual(['4', '5', '6', '7', '8', '9']);
    const reading = readTopics({ ...kafka.connection, topics: [topic], from: new Map([[`${topic}/0`, 9n]]) }, () => {});
    await removeRecords(topic, 0, 10n);
    expect(await reading).toBeLessThanOrEqual(1);
  });

  it('ends behind a transaction marker, which is no record', async () => {
    const topic = await kafka.topic(1);
    const producer = clientOf(kafka.connection).producer({
      transactionalId: topic,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    for (const ends of ['commit', 'abort'] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ key: 'k', value: ends }] });
      await transaction[ends]();
    }
    await producer.disconnect();
    const read: (string | null)[] = [];
    await readTopics({ ...kafka.connection, topics: [topic] }, ({ value }) => read.push(value));
    expect(read).toEqual(['commit']);
  });

  it('begins and ends at the given offsets of each partition, and reads nothing from empty ranges', async () => {
    const topic = await kafka.topic(2);
    await kafka.send(topic, 6, 4);
    const whole: { place: string; offset: bigint }[] = [];
    await readTopics({ ...kafka.connection, topics: [topic] }, ({ partition, offset }) =>
      whole.push({ place: `${topic}/${partition}`, offset: BigInt(offset) }),
    );
    const ends = new Map<string, bigint>();
    for (const { place, offset } of whole) ends.set(place, offset + 1n);
    const from = new Map([
      [`${topic}/0`, 2n],
      [`${topic}/1`, ends.get(`${topic}/1`)!],
    ]);
    const to = new Map([...ends].map(([place, end]) => [place, end - 1n]));
    const read: string[] = [];
    const began = Date.now();
    const count = await readTopics({ ...kafka.connection, topics: [topic], from, to }, ({ partition, offset }) =>
      read.push(`${partition}/${offset}`),
    );
    expect(Date.now() - began).toBeLessThan(LONGEST_WAIT_OF_KAFKAJS_MS);
    const expected = whole.filter(({ place, offset }) => offset >= from.get(place)! && offset < to.get(place)!);
    expect(read.sort()).toEqual(expected.map(({ place, offset }) => `${place.slice(-1)}/${offset}`).sort());
    expect(count).toBe(expected.length);
    expect(expected.length).toBeGreaterThan(0);
  });
});
