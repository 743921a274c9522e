import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import { DEFAULT_LIMITS } from './limits.js';
import type { IncomingRecord } from './record.js';
import { RealKafka, until, upTo } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);
/** Far above the latency of a record. */
const WAIT_MS = 4_000;
const IDLE_MS = 3_000;
/** A heartbeat has 140 bytes; a fetch of twelve partitions has 500. */
const SHORT_BYTES = 250;
/** Metadata, every five seconds. */
const REFRESHES = 2;
const BACKLOG = 4_000;
const A_SEND = 200;
const A_CALL_TAKES_MS = 20;
/** kafkajs sends the next fetch when the last response is processed: the size of a response limits the wait of others. */
const FETCH_BYTES = 16_384;

beforeAll(() => kafka.start());
afterEach(async () => {
  await kafka.endTest();
  jest.restoreAllMocks();
});
afterAll(() => kafka.stop());

describe('a consumer that waits', () => {
  it('takes a lone record at once, not after the longest wait of a fetch (#806)', async () => {
    const topic = await kafka.topic(1);
    const records: IncomingRecord[] = [];
    await kafka.transport({
      topics: [topic],
      limits: { maxWaitMs: WAIT_MS },
      onRecords: async (more) => void records.push(...more),
    });
    await kafka.send(topic, 1, 1);
    await until('the first is taken', () => records.length === 1);
    const took: number[] = [];
    for (const at of upTo(3)) {
      const began = Date.now();
      await kafka.send(topic, 1, 1, at + 1);
      await until('the next is taken', () => records.length === at + 2);
      took.push(Date.now() - began);
    }
    expect(Math.min(...took)).toBeLessThan(WAIT_MS / 4);
  });

  it('idles on its polls and heartbeats alone, none of which names a partition', async () => {
    const written: number[] = [];
    const { write } = net.Socket.prototype;
    jest.spyOn(net.Socket.prototype, 'write').mockImplementation(function (this: net.Socket, ...args: unknown[]) {
      written.push(Buffer.byteLength(args[0] as Buffer));
      return Reflect.apply(write, this, args) as boolean;
    });
    const topics = [await kafka.topic(6), await kafka.topic(6)];
    await kafka.transport({ topics, onRecords: async () => {} });
    await until('a poll names no partition', () => written.length > 0 && written.at(-1)! < SHORT_BYTES);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const timersBefore = timers.mock.calls.length;
    written.length = 0;
    await pause(IDLE_MS);
    const requests = IDLE_MS / DEFAULT_LIMITS.maxWaitMs + IDLE_MS / DEFAULT_LIMITS.heartbeatIntervalMs;
    expect(written.length).toBeGreaterThan(IDLE_MS / DEFAULT_LIMITS.maxWaitMs / 2);
    expect(written.length).toBeLessThanOrEqual(requests + REFRESHES);
    expect(written.filter((bytes) => bytes >= SHORT_BYTES).length).toBeLessThanOrEqual(REFRESHES);
    // Only requests set timers: kafkajs alone sets one per millisecond (#1751).
    expect(timers.mock.calls.length - timersBefore).toBeLessThan(requests);
  });

  it('takes the records of background topics together at intervals, and others at once', async () => {
    const [awaited, background] = [await kafka.topic(1), await kafka.topic(1)];
    const calls: string[][] = [];
    await kafka.transport({
      topics: [awaited, background],
      backgroundTopics: [background],
      limits: { backgroundFetchIntervalMs: WAIT_MS, maxWaitMs: WAIT_MS },
      onRecords: async (more) => void calls.push(more.map(({ topic }) => topic)),
    });
    const began = Date.now();
    const taken = (topic: string) => calls.flat().filter((each) => each === topic).length;
    await kafka.send(background, 1, 1);
    await until('its first record is taken', () => taken(background) === 1);
    for (const at of upTo(20)) await kafka.send(background, 1, 1, at + 1);
    const sentAt = Date.now();
    await kafka.send(awaited, 1, 1);
    await until('the other topic is read', () => taken(awaited) === 1);
    expect(Date.now() - sentAt).toBeLessThan(WAIT_MS / 2);
    await until('the others are taken', () => taken(background) === 21);
    const intervals = (Date.now() - began) / WAIT_MS;
    expect(calls.filter((topics) => topics.includes(background)).length).toBeLessThanOrEqual(2 + intervals);
  });

  it('waits for one fetch at most when another partition of its broker has a long backlog (#1732, #683)', async () => {
    const [long, short] = [await kafka.topic(1), await kafka.topic(1)];
    for (let from = 0; from < BACKLOG; from += A_SEND) await kafka.send(long, 1, A_SEND, from);
    const taken = new Map([long, short].map((topic) => [topic, 0]));
    let leftWhenShortCame = 0;
    const transport = await kafka.transport({
      topics: [long, short],
      limits: { maxBatchRecords: 20, maxBytesPerPartition: FETCH_BYTES },
      onRecords: async (more) => {
        await pause(A_CALL_TAKES_MS);
        for (const { topic } of more) {
          if (topic === short) leftWhenShortCame = BACKLOG - taken.get(long)!;
          taken.set(topic, taken.get(topic)! + 1);
        }
      },
    });
    await until('the long one is under way', () => taken.get(long)! > 100);
    await kafka.send(short, 1, 1);
    await until('the short one is taken', () => taken.get(short) === 1, 30_000);
    expect(leftWhenShortCame).toBeGreaterThan(BACKLOG / 4);
    await transport.close();
  });
});
