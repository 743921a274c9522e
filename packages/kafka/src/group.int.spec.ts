import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import type { IncomingRecord } from './record.js';
import { RealKafka, until, upTo, valuesByKey } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);
const ROOM = fileURLToPath(new URL('..', import.meta.url));
const QUICK = { sessionTimeoutMs: 1_000, heartbeatIntervalMs: 200 };

/** A member of the group in its own process. */
function memberProcess(groupId: string, topic: string): { applied: IncomingRecord[]; child: ChildProcess } {
  const applied: IncomingRecord[] = [];
  const args = [kafka.connection.brokers[0]!, groupId, topic];
  const child = fork(fileURLToPath(new URL('./spec/member-process.mjs', import.meta.url)), args, { execArgv: [] });
  child.on('message', (records) => void applied.push(...(records as IncomingRecord[])));
  kafka.later(async () => void child.kill('SIGKILL'));
  return { applied, child };
}

/** The values of each key without duplicates, in the order of their first occurrence. */
const firsts = (records: IncomingRecord[]) => [...valuesByKey(records).values()].map((values) => [...new Set(values)]);
const distinct = (records: IncomingRecord[]) => firsts(records).flat().length;

beforeAll(async () => {
  // The other process runs the build.
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace('package.json', 'bin/tsc');
  const built = spawnSync(process.execPath, [tsc, '-b', ROOM], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stdout);
  await kafka.start();
});
afterEach(() => kafka.endTest());
afterAll(() => kafka.stop());

describe('a consumer group', () => {
  it('takes over the partitions of a killed member without losing a record', async () => {
    const topic = await kafka.topic(6);
    const groupId = `survivors-of-${topic}`;
    const { applied, child } = memberProcess(groupId, topic);
    await kafka.send(topic, 30, 40);
    await until('the member is at work', () => applied.length > 200);
    child.kill('SIGKILL');
    const records: IncomingRecord[] = [];
    const onRecords = async (more: readonly IncomingRecord[]) => void records.push(...more);
    await kafka.transport({ topics: [topic], groupId, onRecords, limits: QUICK });
    await until('one of the two has processed each record', () => distinct([...applied, ...records]) === 1_200);
    expect(applied.length).toBeLessThan(1_200);
    // Records of the last commit interval are redelivered, in order, and are recognised by the inbox.
    expect(records.length).toBeLessThan(1_200);
    for (const values of firsts([...applied, ...records])) expect(values).toEqual(upTo(40));
  });

  it('loses and reorders nothing when a member joins and leaves while calls are under way', async () => {
    const topic = await kafka.topic(6);
    const groupId = `changing-${topic}`;
    const records: IncomingRecord[] = [];
    const onRecords = async (more: readonly IncomingRecord[]) => {
      await pause(60);
      records.push(...more);
    };
    const join = () =>
      kafka.transport({ topics: [topic], groupId, onRecords, limits: { ...QUICK, maxBatchRecords: 25 } });
    const first = await join();
    await kafka.send(topic, 30, 40);
    const second = await join();
    await until('both have partitions', () => first.health().assigned === 3 && second.health().assigned === 3);
    await kafka.send(topic, 30, 10, 40);
    await second.close();
    await until('the first has all again', () => first.health().assigned === 6);
    await until('everything is taken', () => distinct(records) === 1_500);
    for (const values of firsts(records)) expect(values).toEqual(upTo(50));
    // The current call ends and is committed before the group rejoins.
    expect(records.length - 1_500).toBeLessThan(50);
  });

  it('commits the processed records of an idle member when another one joins', async () => {
    const topic = await kafka.topic(2);
    const groupId = `idle-${topic}`;
    const [first, second]: IncomingRecord[][] = [[], []];
    const limits = { ...QUICK, commitIntervalMs: 60_000 };
    const collectIn = (applied: IncomingRecord[]) => async (more: readonly IncomingRecord[]) =>
      void applied.push(...more);
    await kafka.transport({ topics: [topic], groupId, limits, onRecords: collectIn(first!) });
    await kafka.send(topic, 10, 1);
    await until('all are taken', () => first!.length === 10);
    const other = await kafka.transport({ topics: [topic], groupId, limits, onRecords: collectIn(second!) });
    await until('the other has a partition', () => other.health().assigned === 1);
    await kafka.send(topic, 10, 1, 1);
    await until('the rest is taken', () => first!.length + second!.length >= 20);
    expect(distinct([...first!, ...second!])).toBe(20);
    expect(first!.length + second!.length).toBe(20);
  });

  it('survives a killed broker without losing a record', async () => {
    const topic = await kafka.topic(3);
    const records: IncomingRecord[] = [];
    const onRecords = async (more: readonly IncomingRecord[]) => void records.push(...more);
    const transport = await kafka.transport({ topics: [topic], onRecords });
    await kafka.send(topic, 10, 10);
    await until('the first part is taken', () => records.length === 100);
    process.kill(kafka.pid, 'SIGKILL');
    await kafka.restart();
    await kafka.send(topic, 10, 10, 10);
    await until('the rest is taken', () => distinct(records) === 200, 40_000);
    for (const values of firsts(records)) expect(values).toEqual(upTo(20));
    await until('it runs', () => transport.health().state === 'running');
  });
});
