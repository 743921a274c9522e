import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import { clientOf } from './client.js';
import type { IncomingRecord } from './record.js';
import { FetchSession } from './records/fetch-request.js';
import { RawFetch } from './spec/raw-fetch.js';
import { RealKafka, until, upTo, valuesByKey } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);
const [NONE, FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH] = [0, 70, 71] as const;
const NO_SESSION = 0;
/** The number of consecutive clients without a session, because the broker has no room. */
const REFUSALS = 100;

/** The brokers' answers about our sessions. */
const answers: { errorCode: number; sessionId: number }[] = [];
const requests: ReturnType<FetchSession['requestFor']>[] = [];

function collector() {
  const records: IncomingRecord[] = [];
  return { records, onRecords: async (more: readonly IncomingRecord[]) => void records.push(...more) };
}

function another(): RawFetch {
  const client = new RawFetch(kafka.connection.brokers[0]!);
  kafka.later(async () => client.close());
  return client;
}

async function admin() {
  const client = clientOf(kafka.connection).admin();
  kafka.later(() => client.disconnect());
  await client.connect();
  return client;
}

/** A consumer of a new topic with an idle fetch session. */
async function inSession(partitions = 2) {
  const topic = await kafka.topic(partitions);
  const { records, onRecords } = collector();
  const transport = await kafka.transport({ topics: [topic], onRecords });
  await kafka.send(topic, 5, 1);
  await until('the first are taken', () => records.length === 5);
  await until('a fetch names no partition', () => requests.at(-1)?.topics.length === 0);
  return { topic, records, transport, sessionId: answers.at(-1)!.sessionId };
}

beforeAll(() => kafka.start());
beforeEach(() => {
  answers.length = requests.length = 0;
  const { answered, requestFor } = FetchSession.prototype;
  jest.spyOn(FetchSession.prototype, 'answered').mockImplementation(function (this: FetchSession, answer) {
    answers.push(answer);
    answered.call(this, answer);
  });
  jest.spyOn(FetchSession.prototype, 'requestFor').mockImplementation(function (this: FetchSession, wanted) {
    const request = requestFor.call(this, wanted);
    requests.push(request);
    return request;
  });
});
afterEach(async () => {
  await kafka.endTest();
  jest.restoreAllMocks();
});
afterAll(() => kafka.stop());

describe('the contract of a consumer: a fetch session', () => {
  it('names a partition again only once its offset has moved', async () => {
    const { topic, records } = await inSession(3);
    const before = requests.length;
    await kafka.send(topic, 1, 1, 1);
    await until('it is taken', () => records.length === 6);
    await until(
      'a request names no partition',
      () => requests.length > before + 2 && requests.at(-1)!.topics.length === 0,
    );
    const [last] = records.slice(-1);
    const named = requests.slice(before).flatMap(({ topics }) => topics);
    expect(named).toEqual([
      {
        topic,
        partitions: [
          expect.objectContaining({ partition: last!.partition, fetchOffset: String(BigInt(last!.offset) + 1n) }),
        ],
      },
    ]);
  });

  it('that the broker has evicted is replaced, and no record is missed', async () => {
    const { topic, records, sessionId } = await inSession();
    await another().fetch({ sessionId });
    await kafka.send(topic, 5, 20, 1);
    await until('the rest is taken', () => records.length === 105);
    // The session still answers the fetch in flight; the next one is refused.
    await until('the session is refused', () =>
      answers.some(({ errorCode }) => errorCode === FETCH_SESSION_ID_NOT_FOUND),
    );
    await until('it is replaced', () => answers.at(-1)!.errorCode === 0 && answers.at(-1)!.sessionId !== sessionId);
    for (const values of valuesByKey(records).values()) expect(values).toEqual(upTo(21));
  });

  it('whose epoch is another one at the broker is replaced, and no record is missed', async () => {
    const { topic, records, sessionId } = await inSession();
    const thief = another();
    let stolen = NONE as number;
    await until('a request of another client counts', async () => {
      const sessionEpoch = requests.at(-1)!.sessionEpoch + 1;
      ({ errorCode: stolen } = await thief.fetch({ sessionId, sessionEpoch }));
      return stolen === NONE;
    });
    await kafka.send(topic, 5, 20, 1);
    await until('the rest is taken', () => records.length === 105);
    expect(answers.map(({ errorCode }) => errorCode)).toContain(INVALID_FETCH_SESSION_EPOCH);
    for (const values of valuesByKey(records).values()) expect(values).toEqual(upTo(21));
  });

  it('is not used if the broker has no room for one', async () => {
    const crowd = another();
    let refused = 0;
    while (refused < REFUSALS) refused = (await crowd.fetch({})).sessionId === NO_SESSION ? refused + 1 : 0;
    const topic = await kafka.topic(2);
    const { records, onRecords } = collector();
    await kafka.transport({ topics: [topic], onRecords });
    for (const round of upTo(3)) {
      await kafka.send(topic, 5, 1, round);
      await until('they are taken', () => records.length === 5 * (round + 1));
    }
    expect(new Set(answers.map(({ sessionId }) => sessionId))).toEqual(new Set([NO_SESSION]));
    expect(requests.at(-1)).toMatchObject({
      sessionEpoch: 0,
      topics: expect.arrayContaining([expect.objectContaining({ topic })]),
    });
    // Including the sessions of the other clients.
    await kafka.restart();
  });

  it('removes a paused topic, and reads it again once it is resumed', async () => {
    const { topic, records, transport } = await inSession();
    transport.pause([topic]);
    await kafka.send(topic, 5, 1, 1);
    const before = records.length;
    transport.pause([]);
    await until('it is read again', () => records.length === before + 5);
    for (const values of valuesByKey(records).values()) expect(values).toEqual([0, 1]);
  });
});

describe('the contract of a consumer: offsets and sizes', () => {
  it('reads a partition from its beginning if it ends before the committed offset', async () => {
    const topic = await kafka.topic(1);
    const groupId = `ahead-of-${topic}`;
    await kafka.send(topic, 1, 10);
    await (await admin()).setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1000' }] });
    const { records, onRecords } = collector();
    const transport = await kafka.transport({ topics: [topic], groupId, onRecords });
    await until('all are taken', () => records.length === 10);
    expect(transport.health()).toMatchObject({ recordsLost: 0, failing: [] });
    await until('it is committed', async () => (await kafka.committed(topic, groupId))[0] === 10n);
  });

  it('consumes records that exceed the size limit of a fetch, from each partition', async () => {
    const topic = await kafka.topic(3);
    const { records, onRecords } = collector();
    const payload = 'x'.repeat(100_000);
    const limits = { maxBytesPerFetch: 2_000, maxBytesPerPartition: 1_000 };
    await kafka.transport({ topics: [topic], onRecords, limits });
    await kafka.producer().send(upTo(12).map((key) => ({ topic, key: `key-${key}`, headers: {}, payload })));
    await until('all are taken', () => records.length === 12);
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(3);
    expect(records.every(({ value }) => value === payload)).toBe(true);
  });

  it('reads GZIP, and names the codec of a partition that it cannot read', async () => {
    const codecs = ['gzip', 'snappy', 'lz4', 'zstd'];
    const client = await admin();
    const base = await kafka.topic(1);
    const topics = codecs.map((codec) => `${base}-${codec}`);
    await client.createTopics({
      topics: codecs.map((value, at) => ({
        topic: topics[at]!,
        numPartitions: 1,
        configEntries: [{ name: 'compression.type', value }],
      })),
    });
    const { records, onRecords } = collector();
    const transport = await kafka.transport({ topics: [base, ...topics], onRecords, groupId: `codecs-${base}` });
    for (const topic of [base, ...topics]) await kafka.send(topic, 1, 1);
    await until('the readable are taken', () => records.length === 2);
    await until('the others are named', () => transport.health().failing.length === 3);
    expect(records.map(({ topic }) => topic).sort()).toEqual([base, topics[0]]);
    expect(
      transport
        .health()
        .failing.map(({ error }) => error)
        .sort(),
    ).toEqual([
      `Batch ${topics[2]}/0@0 is packed with LZ4, which could not be unpacked.`,
      `Batch ${topics[1]}/0@0 is packed with Snappy, which could not be unpacked.`,
      `Batch ${topics[3]}/0@0 is packed with ZSTD, which could not be unpacked.`,
    ]);
  });
});
