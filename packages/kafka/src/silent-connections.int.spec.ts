import net from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import { REQUEST_TIMEOUT_MS } from './client.js';
import { RealKafka, until } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);
/** Time for the detection, the expulsion from the group and the rejoin. */
const RECOVERED_WITHIN_MS = REQUEST_TIMEOUT_MS + 10_000;

const sockets = new Set<net.Socket>();

beforeAll(() => kafka.start());
beforeEach(() => {
  const connect = net.connect.bind(net) as (...args: unknown[]) => net.Socket;
  jest.spyOn(net, 'connect').mockImplementation((...args: unknown[]) => {
    const socket = connect(...args);
    sockets.add(socket);
    return socket;
  });
});
afterEach(async () => {
  await kafka.endTest();
  jest.restoreAllMocks();
  sockets.clear();
});
afterAll(() => kafka.stop());

/**
 * Silences all current connections: sent data are lost and none arrive, as with a firewall that dropped their state. New ones
 * work.
 */
function silence(): void {
  for (const socket of sockets) {
    socket.write = () => true;
    socket.removeAllListeners('data').on('data', () => {});
  }
  sockets.clear();
}

describe('connections that never answer again', () => {
  it('block a consumer no longer than the timeout of a request', async () => {
    const topic = await kafka.topic();
    const values: string[] = [];
    await kafka.transport({
      topics: [topic],
      onRecords: async (records) => void values.push(...records.map(({ value }) => String(value))),
    });
    await kafka.send(topic, 1, 1);
    await until('the first is taken', () => values.length === 1);
    silence();
    await kafka.send(topic, 1, 1, 1);
    await until('the next is taken', () => values.includes('1'), RECOVERED_WITHIN_MS);
  });

  it('block a producer no longer than the timeout of a request', async () => {
    const topic = await kafka.topic();
    const producer = kafka.producer();
    const record = { topic, key: 'key', headers: {}, payload: '0' };
    await producer.send([record]);
    silence();
    const began = Date.now();
    await producer.send([record]);
    expect(Date.now() - began).toBeLessThan(RECOVERED_WITHIN_MS);
  });
});
