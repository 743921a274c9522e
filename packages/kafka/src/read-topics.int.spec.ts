import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import { readTopics } from './read-topics.js';
import { RealKafka } from './spec/real-kafka.js';

/** So long a consumer of kafkajs waits for records when nobody tells it otherwise. */
const LONGEST_WAIT_OF_KAFKAJS_MS = 5_000;

const kafka = new RealKafka(startKafka);

beforeAll(() => kafka.start());
afterEach(() => kafka.endTest());
afterAll(() => kafka.stop());

describe('reading a part of a topic', () => {
  it('begins and ends where it is told, in each partition, and reads nothing where nothing is new', async () => {
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
