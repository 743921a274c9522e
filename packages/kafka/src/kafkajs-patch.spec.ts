import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

const require = createRequire(import.meta.url);
const RequestQueue = require('kafkajs/src/network/requestQueue/index.js');
const groupMessagesPerPartition = require('kafkajs/src/producer/groupMessagesPerPartition.js');

const quiet = { debug() {}, warn() {}, error() {}, info() {} };
const queue = (of: object = {}) =>
  new RequestQueue({
    enforceRequestTimeout: true,
    requestTimeout: 1_000,
    clientId: 'c',
    broker: 'b',
    logger: quiet,
    ...of,
  });
const request = (correlationId: number) => ({
  entry: { correlationId, resolve() {}, reject() {} },
  expectResponse: true,
  sendRequest() {},
});

describe('kafkajs, as patched in infra/patches', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('sets no timer when no request is pending (#1751: TimeoutNegativeWarning, a loop that eats CPU)', () => {
    const idle = queue();
    idle.push(request(1));
    idle.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('still sends what had to wait for a throttle', () => {
    const throttled = queue();
    throttled.maybeThrottle(200);
    throttled.push(request(1));
    expect(throttled.inflight.size).toBe(0);
    jest.advanceTimersByTime(250);
    expect(throttled.inflight.size).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('still sends what had to wait for another request', () => {
    const narrow = queue({ maxInFlightRequests: 1 });
    narrow.push(request(1));
    narrow.push(request(2));
    narrow.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
    expect([...narrow.inflight.keys()]).toEqual([2]);
  });

  it('tells of a request that nobody answers, so that its connection is closed', () => {
    let unanswered = 0;
    const onRequestTimeout = () => void unanswered++;
    const silent = queue({ onRequestTimeout });
    silent.scheduleRequestTimeoutCheck();
    silent.push(request(1));
    silent.push(request(2));
    silent.fulfillRequest({ correlationId: 2, payload: null, size: 0 });
    jest.advanceTimersByTime(900);
    expect(unanswered).toBe(0);
    jest.advanceTimersByTime(300);
    expect(unanswered).toBe(1);
    silent.destroy();
  });

  it('groups a long batch without copying it for every message (#1576)', () => {
    const iterate = jest.spyOn(Array.prototype, Symbol.iterator);
    const messages = Array.from({ length: 1_000 }, (_, value) => ({ value }));
    const partitionMetadata = [{ partitionId: 0 }];
    const grouped = groupMessagesPerPartition({ topic: 't', partitionMetadata, messages, partitioner: () => 0 });
    const iterations = iterate.mock.calls.length;
    iterate.mockRestore();
    expect(grouped).toEqual({ 0: messages });
    expect(iterations).toBeLessThan(10);
  });
});
