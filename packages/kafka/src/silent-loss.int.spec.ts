import net from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import { BOUNDED_RETRY, clientOf } from './client.js';
import type { IncomingRecord } from './record.js';
import { RealKafka, until, upTo, valuesByKey } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);

/** Every socket that is created in a test. */
const sockets = new Set<net.Socket>();

/** The number of further requests whose connections break before the response. */
let breaks = 0;
/** The number of broken ones. */
let broken = 0;

const connectionReset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

function trackSockets(connect: (...args: unknown[]) => net.Socket): void {
  jest.spyOn(net, 'connect').mockImplementation((...args: unknown[]) => {
    const socket = connect(...args);
    sockets.add(socket);
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (...written: unknown[]) => {
      const drained = write(...written);
      if (breaks > 0) {
        breaks--;
        broken++;
        setImmediate(() => socket.destroy(connectionReset()));
      }
      return drained;
    };
    return socket;
  });
}

function reset(): void {
  for (const socket of sockets) socket.destroy(connectionReset());
  sockets.clear();
}

/** Sends numbers, six at a time, while connections break; returns the acknowledged ones. */
async function sendInAStorm(send: (value: string) => Promise<unknown>): Promise<number[]> {
  const acknowledged: number[] = [];
  for (let round = 0; round < 60; round++) {
    const storm = setTimeout(() => reset(), round % 5);
    const numbers = upTo(6).map((n) => round * 6 + n);
    const sends = numbers.map((number) => send(String(number)).then(() => acknowledged.push(number)));
    await Promise.allSettled(sends);
    clearTimeout(storm);
  }
  return acknowledged;
}

/** All records of a topic. */
async function recordsIn(topic: string): Promise<IncomingRecord[]> {
  const records: IncomingRecord[] = [];
  const onRecords = async (more: readonly IncomingRecord[]) => void records.push(...more);
  const transport = await kafka.transport({ topics: [topic], onRecords });
  await until('all are read', async () => Object.values(await transport.lag()).every((lag) => lag === 0));
  return records;
}

beforeAll(() => kafka.start());
beforeEach(() => trackSockets(net.connect.bind(net) as (...args: unknown[]) => net.Socket));
afterEach(async () => {
  await kafka.endTest();
  jest.restoreAllMocks();
});
afterAll(() => kafka.stop());

describe('when connections break between a request and its answer', () => {
  it('kafkajs alone loses records that it acknowledged (#598, #980)', async () => {
    const topic = await kafka.topic(1);
    const producer = clientOf(kafka.connection).producer({
      idempotent: true,
      retry: { ...BOUNDED_RETRY, retries: 20 },
    });
    kafka.later(() => producer.disconnect());
    await producer.connect();
    const acknowledged = await sendInAStorm((value) => producer.send({ topic, messages: [{ key: 'k', value }] }));
    const there = new Set((await recordsIn(topic)).map(({ value }) => Number(value)));
    // A known fault: if this fails, kafkajs was fixed and the producer may send more than one request at a time.
    expect(acknowledged.filter((number) => !there.has(number))).not.toEqual([]);
  });

  it('our producer loses no record that it acknowledged', async () => {
    const topic = await kafka.topic(1);
    const producer = kafka.producer();
    const acknowledged = await sendInAStorm((payload) => producer.send([{ topic, key: 'k', headers: {}, payload }]));
    expect(acknowledged.length).toBeGreaterThan(100);
    const there = new Set((await recordsIn(topic)).map(({ value }) => Number(value)));
    expect(acknowledged.filter((number) => !there.has(number))).toEqual([]);
  });

  it('our producer loses and reorders nothing if failed records are sent again', async () => {
    const topic = await kafka.topic(3);
    const producer = kafka.producer();
    let failures = 0;
    for (let round = 0; round < 30; round++) {
      const records = upTo(50).map((n) => ({
        topic,
        key: `key-${n % 5}`,
        headers: {},
        payload: String(round * 10 + Math.floor(n / 5)),
      }));
      // Usually kafkajs retries successfully; if connections continue to break, it gives up and the producer is replaced.
      breaks = round % 6 === 5 ? Number.POSITIVE_INFINITY : 1;
      while (
        !(await producer.send(records).then(
          () => true,
          () => false,
        ))
      ) {
        failures++;
        breaks = 0;
      }
    }
    expect(breaks).toBe(0);
    expect(broken).toBeGreaterThan(30);
    expect(failures).toBe(5);
    const records = await recordsIn(topic);
    expect(new Set(records.map(({ key }) => key)).size).toBe(5);
    for (const values of valuesByKey(records).values()) {
      const firsts = [...new Set(values)];
      expect(firsts).toEqual(upTo(300));
    }
  });
});
