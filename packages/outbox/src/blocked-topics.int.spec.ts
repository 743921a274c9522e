import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres } from '@quadrille/local';
import { append, type OutboxRecord, pending, type RelayLog, SHARDS } from './index.js';
import { eventually, SpecOutbox } from './spec/spec-outbox.js';

const outbox = new SpecOutbox(startPostgres);
beforeAll(() => outbox.open());
beforeEach(() => outbox.empty());
afterEach(() => outbox.endTest());
afterAll(() => outbox.close());

const record = (topic: string, key: string, n: number): OutboxRecord => ({
  topic,
  key,
  headers: { ce_id: `${topic} ${key} ${n}` },
  payload: String(n),
});
const idOf = ({ headers }: OutboxRecord) => headers.ce_id!;

/** A broker that rejects the records of some topics. */
function broker(...gone: string[]) {
  const got: string[] = [];
  let calls = 0;
  return {
    got,
    gone: new Set(gone),
    calls: () => calls,
    of: (topic: string) => got.filter((id) => id.startsWith(`${topic} `)),
    async send(records: readonly OutboxRecord[]): Promise<void> {
      calls += 1;
      const indexes = records.flatMap(({ topic }, at) => (this.gone.has(topic) ? [at] : []));
      got.push(...records.filter(({ topic }) => !this.gone.has(topic)).map(idOf));
      if (indexes.length === 0) return;
      const topics = new Map(indexes.map((at) => [records[at]!.topic, new Error('It is gone.')]));
      throw Object.assign(new Error('Refused.'), { name: 'RefusedTopics', indexes, topics });
    },
  };
}

const waiting = async () => (await pending(outbox.tx)).rows;
const inOrder = (topic: string, key: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${topic} ${key} ${n}`);

describe('a blocked topic', () => {
  it('retains its own in order while all others continue, and gets them once it accepts records', async () => {
    const fake = broker('gone', 'lost');
    const relay = outbox.startRelay((records) => fake.send(records));
    // Each transaction appends to all three topics, with keys that share shards.
    for (let n = 0; n < 30; n++) {
      await append(
        outbox.tx,
        Array.from({ length: 20 }, (_, key) =>
          ['gone', 'well', 'lost'].map((topic) => record(topic, `k${key}`, n)),
        ).flat(),
      );
    }
    await eventually('the others have gone', () => fake.of('well').length === 600);
    await eventually('the rest is held back', async () => (await waiting()) === 1_200);
    expect(
      relay
        .health()
        .blockedTopics.map(({ topic, cause }) => [topic, cause])
        .sort(),
    ).toEqual([
      ['gone', 'It is gone.'],
      ['lost', 'It is gone.'],
    ]);
    expect(fake.of('gone')).toEqual([]);
    fake.gone.delete('gone');
    await eventually('those of the topic that is back have gone', async () => (await waiting()) === 600);
    fake.gone.clear();
    await eventually('all have gone', async () => (await waiting()) === 0);
    for (const topic of ['gone', 'well', 'lost']) {
      for (let key = 0; key < 20; key++) {
        const ids = fake.of(topic).filter((id) => id.startsWith(`${topic} k${key} `));
        expect(ids).toEqual(inOrder(topic, `k${key}`, 30));
      }
    }
    await eventually('no topic is blocked', () => relay.health().blockedTopics.length === 0);
  });

  it('does not fill the window of the relay, and is not retried with every batch', async () => {
    const fake = broker('gone');
    outbox.startRelay((records) => fake.send(records), {
      limits: { batchRecords: 10, backoffBaseMs: 600_000, backoffCapMs: 600_000 },
    });
    await append(
      outbox.tx,
      Array.from({ length: 400 }, (_, n) => record('gone', `k${n}`, 0)),
    );
    await append(outbox.tx, [record('well', 'k0', 0)]);
    await eventually('the other has gone', () => fake.got.length === 1);
    await eventually('it is removed, the rest waits', async () => (await waiting()) === 400);
    // One send found the topic blocked, the others went to the other topic.
    expect(fake.calls()).toBe(2);
  });

  it('is logged once, and is blocked for the relay that takes over', async () => {
    const warned: object[] = [];
    const log: RelayLog = { debug() {}, info() {}, warn: (fields) => warned.push(fields), error() {} };
    const fake = broker('gone');
    const first = outbox.startRelay((records) => fake.send(records), { log });
    await append(outbox.tx, [record('gone', 'a', 0)]);
    await eventually('it was tried more than once', () => fake.calls() > 3);
    expect(warned).toEqual([{ topic: 'gone', reason: 'It is gone.' }]);
    await first.stop(1_000);
    const next = outbox.startRelay((records) => fake.send(records));
    await eventually('the next one has the shards', () => next.health().heldShards === SHARDS);
    await append(outbox.tx, [record('gone', 'a', 1)]);
    fake.gone.clear();
    await eventually('all have gone', async () => (await waiting()) === 0);
    expect(fake.of('gone')).toEqual(inOrder('gone', 'a', 2));
  });

  it('waits with all others while the broker is unavailable', async () => {
    const fake = broker('gone');
    let away = true;
    const relay = outbox.startRelay(async (records) => {
      if (away) throw new Error('The broker is unavailable.');
      await fake.send(records);
    });
    await append(outbox.tx, [record('gone', 'a', 0), record('well', 'a', 0)]);
    await eventually('it fails', () => relay.health().consecutiveFailures > 2);
    expect(relay.health().blockedTopics).toEqual([]);
    away = false;
    await eventually('the other has gone', () => fake.got.length === 1);
  });

  it('beyond the maximum number goes to outbox_dead with its cause', async () => {
    outbox.startRelay(async (records) => {
      const topics = new Map(records.map(({ topic }) => [topic, new Error('No such topic.')]));
      throw Object.assign(new Error('Refused.'), {
        name: 'RefusedTopics',
        indexes: records.map((_, at) => at),
        topics,
      });
    });
    await append(
      outbox.tx,
      Array.from({ length: 1_100 }, (_, n) => record(`made-up-${n}`, 'k', 0)),
    );
    const dead = () => outbox.rows('select cause from outbox_dead');
    await eventually('the excess is dead', async () => (await dead()).length === 100);
    expect((await dead())[0]).toEqual({ cause: 'Too many topics are blocked. No such topic.' });
    expect(await waiting()).toBe(1_000);
  });
});

describe('a relay whose send never ends', () => {
  it('reconnects, and reports the time since the last acknowledgement', async () => {
    let hanging = true;
    const relay = outbox.startRelay(() => (hanging ? new Promise(() => {}) : Promise.resolve()), {
      limits: { sendTimeoutMs: 100, stalledAfterMs: 200 },
    });
    await append(outbox.tx, [record('t', 'a', 0)]);
    const words = /^Records wait, and none was acknowledged for \d+ s: A send has not ended within 100 ms\.$/;
    await eventually('the health has a cause', () => words.test(relay.health().cause ?? ''));
    expect(relay.health().ok).toBe(false);
    hanging = false;
    await eventually('all have gone', async () => (await waiting()) === 0);
    await eventually('it is healthy', () => relay.health().ok);
  });
});
