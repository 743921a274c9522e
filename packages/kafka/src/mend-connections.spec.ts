import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ConnectionPool, mendConnections } from './mend-connections.js';

const require = createRequire(import.meta.url);
const RequestQueue = require('kafkajs/src/network/requestQueue/index.js');

const REQUEST_TIMEOUT_MS = 2_000;
const quiet = { debug() {}, warn() {}, error() {}, info() {} };
function mended(of: object = {}) {
  const queue = () =>
    new RequestQueue({
      enforceRequestTimeout: true,
      requestTimeout: REQUEST_TIMEOUT_MS,
      clientId: 'c',
      broker: 'b',
      logger: quiet,
      ...of,
    });
  const [destroy, destroyOther] = [jest.fn(), jest.fn()];
  const pool = [
    { requestQueue: queue(), socket: { destroy } },
    { requestQueue: queue(), socket: { destroy: destroyOther } },
  ];
  mendConnections({ pool } as unknown as ConnectionPool);
  return { queue: pool[0]!.requestQueue, destroy, destroyOther };
}
const request = (correlationId: number) => ({
  entry: { correlationId, resolve() {}, reject() {} },
  expectResponse: true,
  sendRequest() {},
});

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a connection of kafkajs, mended', () => {
  it('sets no timer when no request is pending (#1751: TimeoutNegativeWarning, a loop that eats CPU)', () => {
    const { queue } = mended();
    queue.push(request(1));
    queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('still sends requests that waited for a throttle', () => {
    const { queue } = mended();
    queue.maybeThrottle(200);
    queue.push(request(1));
    expect(queue.inflight.size).toBe(0);
    jest.advanceTimersByTime(250);
    expect(queue.inflight.size).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('still sends requests that waited for another request', () => {
    const { queue } = mended({ maxInFlightRequests: 1 });
    queue.push(request(1));
    queue.push(request(2));
    queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
    expect([...queue.inflight.keys()]).toEqual([2]);
  });

  it('is closed when a request on it is not answered in time, and with it the others to that broker', () => {
    const { queue, destroy, destroyOther } = mended();
    queue.scheduleRequestTimeoutCheck();
    queue.push(request(1));
    queue.push(request(2));
    queue.fulfillRequest({ correlationId: 2, payload: null, size: 0 });
    jest.advanceTimersByTime(REQUEST_TIMEOUT_MS);
    expect(destroy).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1_000);
    expect(destroy).toHaveBeenCalledTimes(1);
    expect(destroyOther).toHaveBeenCalledTimes(1);
    queue.destroy();
  });

  it('wakes up once per second to check for such requests', () => {
    const { queue } = mended();
    const look = jest.spyOn(queue, 'isConnected');
    queue.scheduleRequestTimeoutCheck();
    jest.advanceTimersByTime(5_000);
    expect(look).toHaveBeenCalledTimes(5);
    queue.destroy();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('stops the checks once it is closed', () => {
    const { queue } = mended({ isConnected: () => false });
    queue.scheduleRequestTimeoutCheck();
    jest.advanceTimersByTime(1_000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
