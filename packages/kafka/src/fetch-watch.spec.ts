import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FetchWatch } from './fetch-watch.js';
import type { PartitionResponse } from './records/fetch-response.js';
import { UnreadableBatch } from './records/unreadable-batch.js';

const LIMITS = { firstRetryMs: 100, retryCapMs: 5_000 };
const [OUT_OF_RANGE, CORRUPT, UNKNOWN_TOPIC, NOT_LEADER, UNAUTHORIZED] = [1, 2, 3, 6, 29] as const;

const answer = (partition: number, of: Partial<PartitionResponse> = {}): PartitionResponse => ({
  topic: 't',
  partition,
  errorCode: 0,
  highWatermark: '9',
  preferredReadReplica: -1,
  abortedTransactions: [],
  messages: [],
  ...of,
});
/** The requested offsets of the partitions. */
const requestOf =
  (...offsets: number[]) =>
  (_: string, partition: number) =>
    offsets[partition] === undefined ? undefined : String(offsets[partition]);

function watching() {
  const seen = { paused: [] as number[], resumed: [] as number[], lost: [] as number[], errors: [] as object[] };
  const log = {
    debug() {},
    info() {},
    warn() {},
    error: (of: object, message: string) => seen.errors.push({ ...of, message }),
  };
  const watch = new FetchWatch(LIMITS, log as never, {
    pause: (_, partition) => seen.paused.push(partition),
    resume: (_, partition) => seen.resumed.push(partition),
    lost: (records) => seen.lost.push(records),
  });
  return { watch, seen };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a partition whose response cannot be used', () => {
  it.each([
    ['is refused', { errorCode: UNAUTHORIZED }, 'Not authorized to access topics'],
    ['is damaged on the broker', { errorCode: CORRUPT }, 'This message has failed its CRC checksum'],
    [
      'cannot be read',
      { unreadable: new UnreadableBatch('t', 1, '7', 'does not fit its checksum') },
      'Batch t/1@7 does not fit',
    ],
  ])('because it %s is paused and fetched again, and does not fail the fetch of the others', (_, of, error) => {
    const { watch, seen } = watching();
    const answers = [answer(0), answer(1, of), answer(2)];
    watch.look(requestOf(4, 5, 6), answers);
    expect(answers.map(({ errorCode }) => errorCode)).toEqual([0, 0, 0]);
    expect(watch.failing).toMatchObject([
      { topic: 't', partition: 1, attempts: 1, error: expect.stringContaining(error) },
    ]);
    expect(seen).toMatchObject({ paused: [1], resumed: [] });
    jest.advanceTimersByTime(LIMITS.firstRetryMs);
    expect(seen.resumed).toEqual([1]);
    watch.look(requestOf(4, 5, 6), [answer(0), answer(1), answer(2)]);
    expect(watch.failing).toEqual([]);
  });

  it('is logged at first, and then at growing intervals', () => {
    const { watch, seen } = watching();
    for (let attempt = 0; attempt < 100; attempt++) watch.look(requestOf(5), [answer(0, { errorCode: CORRUPT })]);
    expect(watch.failing).toMatchObject([{ attempts: 100, offset: '5' }]);
    expect(seen.errors.map((one) => (one as { attempts: number }).attempts)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  });

  it('is discarded once the partition belongs to another member', () => {
    const { watch, seen } = watching();
    watch.look(requestOf(5, 5), [answer(0, { errorCode: CORRUPT }), answer(1, { errorCode: CORRUPT })]);
    watch.retain(new Map([['t', [1]]]));
    expect(watch.failing).toMatchObject([{ partition: 1 }]);
    jest.advanceTimersByTime(LIMITS.retryCapMs);
    expect(seen.resumed).toEqual([1]);
  });

  it('makes the group rejoin once when the partition is missing, and then pauses it', () => {
    const { watch } = watching();
    const [first, second] = [answer(0, { errorCode: UNKNOWN_TOPIC }), answer(0, { errorCode: UNKNOWN_TOPIC })];
    watch.look(requestOf(5), [first]);
    watch.look(requestOf(5), [second]);
    expect([first.errorCode, second.errorCode]).toEqual([UNKNOWN_TOPIC, 0]);
    expect(watch.failing).toMatchObject([{ attempts: 2 }]);
  });

  it('is passed to kafkajs if kafkajs can recover from its error', () => {
    const { watch } = watching();
    const moved = answer(0, { errorCode: NOT_LEADER });
    watch.look(requestOf(5), [moved]);
    expect(moved.errorCode).toBe(NOT_LEADER);
    expect(watch.failing).toEqual([]);
  });
});

describe('removed records', () => {
  it('are counted once kafkajs continues at the first existing record', () => {
    const { watch, seen } = watching();
    watch.look(requestOf(10, 3), [answer(0, { errorCode: OUT_OF_RANGE }), answer(1)]);
    watch.look(requestOf(10, 3), [answer(0), answer(1)]);
    expect(seen.lost).toEqual([]);
    watch.look(requestOf(25, 3), [answer(0), answer(1)]);
    watch.look(requestOf(26, 3), [answer(0), answer(1)]);
    expect(seen.lost).toEqual([15]);
    expect(seen.errors).toEqual([
      {
        topic: 't',
        partition: 0,
        from: '10',
        to: '25',
        lost: 15,
        message: 'Records were removed before this group consumed them.',
      },
    ]);
  });

  it('are not counted if the partition ends before the committed offset, which is logged', () => {
    const { watch, seen } = watching();
    watch.look(requestOf(10), [answer(0, { errorCode: OUT_OF_RANGE })]);
    watch.look(requestOf(0), [answer(0)]);
    expect(seen.lost).toEqual([]);
    expect(seen.errors).toMatchObject([{ from: '10', to: '0' }]);
  });
});
