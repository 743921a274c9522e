import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import type { IncomingRecord } from './record.js';
import { RealKafka, until, upTo } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);
/** Far longer than a record may take. */
const WAIT_MS = 4_000;
const BACKLOG = 4_000;
const A_SEND = 200;
const A_CALL_TAKES_MS = 20;
/** kafkajs asks a broker again when all of the last answer is taken: what an answer may hold bounds how long others wait. */
const FETCH_BYTES = 16_384;

beforeAll(() => kafka.start());
afterEach(() => kafka.endTest());
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
