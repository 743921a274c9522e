import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { startKafka } from '@quadrille/local';
import { clientOf } from './client.js';
import { ConsumerLag } from './consumer-lag.js';
import type { IncomingRecord } from './record.js';
import { RealKafka, until, upTo, valuesByKey } from './spec/real-kafka.js';
import { KafkaTransport } from './transport.js';

const kafka = new RealKafka(startKafka);

/** Stores every received record. */
function collector() {
  const records: IncomingRecord[] = [];
  const calls: number[] = [];
  const onRecords = async (more: readonly IncomingRecord[]) => {
    calls.push(more.length);
    records.push(...more);
  };
  return { records, calls, onRecords };
}

beforeAll(() => kafka.start());
afterEach(() => kafka.endTest());
afterAll(() => kafka.stop());

describe('the transport', () => {
  it('commits the last offset plus one', async () => {
    const topic = await kafka.topic(1);
    const { records, onRecords } = collector();
    await kafka.send(topic, 1, 7);
    const transport = await kafka.transport({ topics: [topic], onRecords });
    await until('all are taken', () => records.length === 7);
    await until('all are committed', async () => (await kafka.committed(topic))[0] === 7n);
    expect(await transport.lag()).toEqual({ [`${topic}/0`]: 0 });
  });

  it('continues where its predecessor stopped, without a duplicate record', async () => {
    const topic = await kafka.topic();
    const [first, second] = [collector(), collector()];
    await kafka.send(topic, 10, 5);
    const predecessor = await kafka.transport({ topics: [topic], onRecords: first.onRecords });
    await until('all are taken', () => first.records.length === 50);
    await predecessor.close();
    await kafka.send(topic, 10, 5, 5);
    await kafka.transport({ topics: [topic], onRecords: second.onRecords });
    await until('the rest is taken', () => second.records.length >= 50);
    expect([...valuesByKey(second.records).values()]).toEqual(upTo(10).map(() => [5, 6, 7, 8, 9]));
  });

  it('takes all partitions in one call, up to its limit', async () => {
    const topic = await kafka.topic(6);
    const { records, calls, onRecords } = collector();
    await kafka.send(topic, 50, 10);
    await kafka.transport({ topics: [topic], onRecords, limits: { maxBatchRecords: 400 } });
    await until('all are taken', () => records.length === 500);
    expect(calls).toEqual([400, 100]);
  });

  it('preserves the order of a key when the handler fails', async () => {
    const topic = await kafka.topic();
    const collected = collector();
    let attempts = 0;
    const onRecords = async (more: readonly IncomingRecord[]) => {
      if (++attempts % 3 !== 0) throw new Error('the database is away');
      await collected.onRecords(more);
    };
    await kafka.transport({ topics: [topic], onRecords, limits: { maxBatchRecords: 20, retryCapMs: 20 } });
    for (let from = 0; from < 20; from += 5) await kafka.send(topic, 10, 5, from);
    await until('all are taken', () => collected.records.length >= 200);
    expect([...valuesByKey(collected.records).values()]).toEqual(upTo(10).map(() => upTo(20)));
  });

  it('consumes no record of an aborted transaction, and commits the offsets behind it', async () => {
    const topic = await kafka.topic(1);
    const { records, onRecords } = collector();
    const transport = await kafka.transport({ topics: [topic], onRecords });
    const foreign = clientOf(kafka.connection).producer({
      transactionalId: topic,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    kafka.later(() => foreign.disconnect());
    await foreign.connect();
    const transaction = await foreign.transaction();
    await transaction.send({ topic, messages: [{ key: 'k', value: 'aborted' }] });
    await transaction.abort();
    // The record, and the marker that ends the transaction.
    await until('they are passed', async () => (await kafka.committed(topic))[0] === 2n);
    expect(await transport.lag()).toEqual({ [`${topic}/0`]: 0 });
    await kafka.send(topic, 1, 1);
    await until('the next is taken', () => records.length > 0);
    expect(records.map(({ value }) => value)).toEqual(['0']);
  });

  it('commits nothing of a call that did not resolve', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, 1, 3);
    let attempts = 0;
    const onRecords = async () => {
      attempts++;
      throw new Error('the database is away');
    };
    const transport = await kafka.transport({ topics: [topic], onRecords, limits: { retryCapMs: 20 } });
    await until('it was tried often', () => attempts > 5);
    expect(transport.health()).toMatchObject({ state: 'running', assigned: 1, inFlight: 3 });
    await transport.close();
    expect(await kafka.committed(topic)).toEqual([0n]);
  });

  it('commits nothing before the deferred work of its records is settled', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, 1, 3);
    const { records, onRecords } = collector();
    let attempts = 0;
    let away = true;
    const settle = async () => {
      attempts++;
      if (away) throw new Error('the database is away');
    };
    await kafka.transport({ topics: [topic], onRecords, settle });
    await until('settling was tried often', () => records.length === 3 && attempts > 2);
    expect(await kafka.committed(topic)).toEqual([0n]);
    away = false;
    await until('all are committed', async () => (await kafka.committed(topic))[0] === 3n);
  });

  it('stays in the group while a call takes longer than the session', async () => {
    const topic = await kafka.topic(1);
    const { records, calls, onRecords } = collector();
    await kafka.send(topic, 1, 1);
    await kafka.transport({
      topics: [topic],
      limits: { sessionTimeoutMs: 1_000, heartbeatIntervalMs: 200 },
      onRecords: async (more) => {
        await pause(2_500);
        await onRecords(more);
      },
    });
    await until('it is committed', async () => (await kafka.committed(topic))[0] === 1n);
    await kafka.send(topic, 1, 1, 1);
    await until('the next is taken', () => records.length === 2);
    expect(calls).toEqual([1, 1]);
  });

  it('drains before it disconnects', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, 1, 5);
    const { records, onRecords } = collector();
    let began = false;
    const transport = await kafka.transport({
      topics: [topic],
      onRecords: async (more) => {
        began = true;
        await pause(700);
        await onRecords(more);
      },
    });
    await until('a call is under way', () => began);
    await transport.close();
    expect(records).toHaveLength(5);
    expect(await kafka.committed(topic)).toEqual([5n]);
    expect(transport.health()).toMatchObject({ state: 'stopped', assigned: 0, inFlight: 0 });
    expect(() => transport.pause([topic])).not.toThrow();
  });

  it('fetches nothing from a paused topic, from before it joins until the topic is resumed', async () => {
    const [held, free] = [await kafka.topic(2), await kafka.topic(2)];
    const { records, onRecords } = collector();
    await Promise.all([kafka.send(held, 5, 2), kafka.send(free, 5, 2)]);
    const topics = [held, free];
    const transport = await kafka.transport({ topics, onRecords, paused: [held], groupId: `holding-${held}` });
    await until('the free topic is taken', () => records.length === 10);
    await pause(300);
    expect(new Set(records.map(({ topic }) => topic))).toEqual(new Set([free]));
    transport.pause([]);
    await until('the held topic is taken', () => records.length === 20);
  });

  it('is stalled when records pile up behind a call that never ends', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, 1, 1);
    const limits = { watchdogIntervalMs: 100, stalledAfterMs: 300, drainTimeoutMs: 100 };
    const transport = await kafka.transport({ topics: [topic], onRecords: () => new Promise(() => {}), limits });
    await until('the call is under way', () => transport.health().inFlight === 1);
    expect(transport.health().stalled).toBe(false);
    await until('it is noticed', async () => {
      await kafka.send(topic, 1, 1);
      return transport.health().stalled;
    });
    expect(Date.now() - transport.health().lastActivityAt).toBeLessThan(10_000);
    const began = Date.now();
    await transport.close();
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it('queries offsets to detect a stall only while it commits none', async () => {
    const [intervals, queried] = [jest.spyOn(globalThis, 'setInterval'), jest.spyOn(ConsumerLag.prototype, 'of')];
    kafka.later(async () => void jest.restoreAllMocks());
    const topic = await kafka.topic(1);
    const limits = { watchdogIntervalMs: 1_234_567 };
    await kafka.transport({ topics: [topic], onRecords: async () => {}, limits });
    const watch = intervals.mock.calls.find(([, ms]) => ms === limits.watchdogIntervalMs)![0] as () => Promise<void>;
    const queries = async () => {
      queried.mockClear();
      await watch();
      return queried.mock.calls.length;
    };
    await until('it is assigned', async () => (await queries()) === 1);
    await kafka.send(topic, 1, 1);
    await until('it has committed', async () => (await queries()) === 0);
    expect(await queries()).toBe(1);
  });

  it('is a strategy of a Nest microservice', async () => {
    const topic = await kafka.topic(1);
    const { records, onRecords } = collector();
    const strategy = new KafkaTransport({ ...kafka.connection, groupId: 'nest', topics: [topic], onRecords });
    class Shop {}
    Module({})(Shop);
    const service = await NestFactory.createMicroservice<MicroserviceOptions>(Shop, { strategy, logger: false });
    await service.listen();
    kafka.later(() => service.close());
    await kafka.send(topic, 1, 1);
    await until('it is taken', () => records.length === 1);
    await service.close();
    expect(strategy.health().state).toBe('stopped');
  });
});
