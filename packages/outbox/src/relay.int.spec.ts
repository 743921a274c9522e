import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { Tx } from './append.js';
import {
  append,
  appendedIn,
  type OutboxRecord,
  type OutboxRow,
  outboxMigrations,
  pending,
  RELAY_REMOVE_WITHIN_MS,
  Relay,
  type RelayOptions,
  SHARDS,
  unrelayedSchemas,
} from './index.js';
import { closeOwn, openOwn } from './own-connection.js';

const record = (key: string, n: number): OutboxRecord => ({
  topic: 'quadrille.order.v1',
  key,
  headers: { ce_id: `${key}-${n}`, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  payload: `{"n":${n},  "text":"\\u0000 as it was sent é"}`,
});
const idOf = ({ headers }: OutboxRecord) => headers.ce_id!;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function eventually(condition: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a relay on PostgreSQL', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-outbox-'));
  let server: LocalPostgres;
  let url: string;
  let pool: pg.Pool;
  const ends: (() => Promise<unknown> | unknown)[] = [];

  beforeAll(async () => {
    server = await startPostgres({ dataDir: join(home, 'postgres') });
    url = await server.createService('outbox', 'outbox');
    const source = await new DataSource({ type: 'postgres', url, migrations: outboxMigrations }).initialize();
    await source.runMigrations();
    await source.undoLastMigration();
    await source.runMigrations();
    await source.destroy();
    pool = new pg.Pool({ connectionString: url });
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
    rmSync(home, { recursive: true });
  });
  beforeEach(async () => {
    await pool.query('truncate outbox, outbox_dead');
  });
  afterEach(async () => {
    await Promise.all(ends.splice(0).map((end) => end()));
    await eventually(async () => (await pool.query(RELAYS)).rowCount === 0);
  });

  const RELAYS = `select from pg_stat_activity where application_name = 'outbox-relay'`;

  async function inTx(work: (tx: Tx) => Promise<unknown>, how = 'commit'): Promise<void> {
    const client = await pool.connect();
    await client.query('begin');
    await work({ query: (text, values = []) => client.query(text, values as unknown[]) });
    await client.query(how);
    client.release();
  }
  const appendRecords = (...records: OutboxRecord[]) => inTx((tx) => append(tx, records));

  /** Appends an event and wakes the relay after the commit, as a service does. */
  async function appendAndWake(relay: Relay, ...records: OutboxRecord[]): Promise<void> {
    let appended: readonly OutboxRow[] = [];
    await inTx(async (tx) => {
      await append(tx, records);
      appended = appendedIn(tx);
    });
    relay.cache(appended);
    relay.wake();
  }

  /** A broker that stores received records, and fails on request. */
  function broker() {
    const got: string[] = [];
    const records: OutboxRecord[] = [];
    return {
      got,
      records,
      failures: 0,
      calls: 0,
      async send(batch: readonly OutboxRecord[]): Promise<void> {
        this.calls += 1;
        if (this.failures > 0) {
          this.failures -= 1;
          // Half of the records have arrived when the connection breaks.
          for (const each of batch.slice(0, Math.ceil(batch.length / 2))) got.push(idOf(each));
          throw new Error('The broker is unavailable.');
        }
        got.push(...batch.map(idOf));
        records.push(...batch);
      },
    };
  }

  function startRelay(send: RelayOptions['send'], more: Partial<RelayOptions> = {}): Relay {
    const relay = new Relay({
      pool,
      send,
      log: silent,
      ...more,
      limits: { pollIntervalMs: 50, sharingIntervalMs: 50, backoffBaseMs: 5, backoffCapMs: 50, ...more.limits },
    });
    relay.start();
    ends.push(() => relay.stop(0));
    return relay;
  }

  it('does not wait until its deletions are on disk; commits of services do', async () => {
    const own = await openOwn(pool, 5_000, () => {});
    ends.push(() => closeOwn(own));
    const settings = await Promise.all([own, pool].map((on) => on.query('show synchronous_commit')));
    expect(settings.map(({ rows }) => rows[0].synchronous_commit)).toEqual(['off', 'on']);
  });

  /** A connection of a relay that records its statements. */
  const watchingQueries = (reported: (text: string) => void) => async (lost: () => void) => {
    const client = await openOwn(pool, 10_000, lost);
    const query = client.query.bind(client) as (...text: unknown[]) => Promise<pg.QueryResult>;
    return Object.assign(client, {
      query(...text: unknown[]) {
        reported(JSON.stringify(text));
        return query(...text);
      },
    });
  };

  const isEmpty = async () => (await pool.query('select from outbox limit 1')).rowCount === 0;
  const many = (keys: number, each: number) =>
    Array.from({ length: keys * each }, (_, n) => record(`k${n % keys}`, Math.floor(n / keys)));
  const ofKey = (got: readonly string[], key: string) => got.filter((id) => id.startsWith(`${key}-`));
  const firsts = (got: readonly string[]) => [...new Set(got)];
  const inOrder = (key: string, count: number) => Array.from({ length: count }, (_, n) => `${key}-${n}`);

  describe('with a healthy broker', () => {
    it('sends committed records unchanged', async () => {
      const { records, send } = broker();
      const appended = [record('a', 0), record('a', 1), record('b', 0)];
      await appendRecords(...appended);
      startRelay(send);
      await eventually(isEmpty);
      expect(records).toMatchObject(appended);
    });

    it('sends no record twice, and all in the order of their key', async () => {
      const { got, send } = broker();
      const relay = startRelay(send, { limits: { batchRecords: 100 } });
      for (let n = 0; n < 1_200; n += 60) {
        await appendRecords(...many(30, 40).slice(n, n + 60));
        relay.wake();
      }
      await eventually(isEmpty);
      expect(got).toHaveLength(1_200);
      for (let key = 0; key < 30; key++) expect(ofKey(got, `k${key}`)).toEqual(inOrder(`k${key}`, 40));
    });

    it('never sends rolled back records', async () => {
      const { got, send } = broker();
      await inTx((tx) => append(tx, [record('a', 0)]), 'rollback');
      await appendRecords(record('b', 0));
      startRelay(send);
      await eventually(isEmpty);
      expect(got).toEqual(['b-0']);
    });

    it('relays rows that commit out of id order', async () => {
      const { got, send } = broker();
      startRelay(send, { limits: { sharingIntervalMs: 1 } });
      await inTx(async (slow) => {
        await append(slow, [record('slow', 0)]);
        for (let n = 0; n < 20; n++) {
          await appendRecords(record('fast', n));
          await eventually(() => got.includes(`fast-${n}`));
        }
      });
      await eventually(isEmpty);
      expect(got).toEqual([...inOrder('fast', 20), 'slow-0']);
    });

    it('is woken by a commit and does not wait for its poll', async () => {
      const { got, send } = broker();
      const relay = startRelay(send, { limits: { pollIntervalMs: 600_000 } });
      await eventually(() => relay.health().heldShards === SHARDS);
      for (let n = 0; n < 3; n++) {
        await appendRecords(record('a', n));
        relay.wake();
        await eventually(() => got.length === n + 1);
      }
      expect(relay.health().lastSentAt).toBeInstanceOf(Date);
    });

    it('deletes sent rows with the read of the next, or soon', async () => {
      const { got, send } = broker();
      let looks = 0;
      const connect = watchingQueries((text) => {
        if (text.includes('delete from outbox')) looks += 1;
      });
      const relay = startRelay(send, { connect, limits: { pollIntervalMs: 600_000, sharingIntervalMs: 600_000 } });
      await eventually(() => looks === 1);
      const began = Date.now();
      for (let n = 0; n < 5; n++) {
        await appendAndWake(relay, record('a', n));
        await eventually(() => got.length === n + 1);
      }
      expect(looks - 1).toBeLessThanOrEqual(5 + Math.floor((Date.now() - began) / RELAY_REMOVE_WITHIN_MS));
      await eventually(isEmpty);
      expect(got).toEqual(inOrder('a', 5));
    });

    describe('with the read of a commit', () => {
      const got: string[] = [];
      const calls: number[] = [];
      let reads = 0;
      let relay: Relay;

      beforeEach(async () => {
        got.length = calls.length = reads = 0;
        const connect = watchingQueries((text) => {
          if (text.includes('from outbox\n')) reads += 1;
        });
        const send = async (batch: readonly OutboxRecord[]) => {
          calls.push(batch.length);
          got.push(...batch.map(idOf));
        };
        relay = startRelay(send, { connect, limits: { pollIntervalMs: 600_000, sharingIntervalMs: 600_000 } });
        await eventually(() => relay.waitingRead() !== undefined);
        reads = 0;
      });

      /** Appends and reads on one connection, as a batch does, and returns the function that passes on the rows. */
      async function appendWithRead(...records: OutboxRecord[]): Promise<() => void> {
        const read = relay.waitingRead()!;
        let appended: readonly OutboxRow[] = [];
        await inTx(async (tx) => {
          await append(tx, records);
          appended = appendedIn(tx);
        });
        const { rows } = await pool.query(read.text, [...read.values]);
        return () => {
          relay.cache(appended);
          read.found(rows);
        };
      }

      it('reads nothing itself, and sends no row twice that is not deleted yet', async () => {
        for (let n = 0; n < 3; n++) {
          (await appendWithRead(record('a', n)))();
          await eventually(() => got.length === n + 1 && relay.waitingRead() !== undefined);
        }
        expect(reads).toBe(0);
        await eventually(isEmpty);
        expect([got, calls]).toEqual([inOrder('a', 3), [1, 1, 1]]);
      });

      it('reads itself when a row of another process waits before, and sends that one first', async () => {
        await appendRecords(record('a', 0));
        (await appendWithRead(record('a', 1)))();
        await eventually(isEmpty);
        expect(got).toEqual(inOrder('a', 2));
      });

      it('reads itself after another signal, before and after its rows', async () => {
        const found = await appendWithRead(record('a', 0));
        await appendRecords(record('a', 1));
        found();
        relay.wake();
        await eventually(() => got.length === 2);
        await eventually(() => relay.waitingRead() !== undefined);
        const later = await appendWithRead(record('a', 2));
        await appendRecords(record('a', 3));
        relay.wake();
        later();
        await eventually(() => got.length === 4);
        await eventually(isEmpty);
        expect(got).toEqual(inOrder('a', 4));
      });

      it('reads itself after two commits at once', async () => {
        const [one, other] = [await appendWithRead(record('a', 0)), await appendWithRead(record('b', 0))];
        one();
        other();
        await eventually(isEmpty);
        expect([...got].sort()).toEqual(['a-0', 'b-0']);
      });

      it('ignores rows that were read before it slept again', async () => {
        const old = await appendWithRead(record('a', 0));
        relay.wake();
        await eventually(() => got.length === 1 && relay.waitingRead() !== undefined);
        old();
        await eventually(isEmpty);
        expect(got).toEqual(['a-0']);
      });

      it('is only woken by a read that failed', async () => {
        await appendWithRead(record('a', 0));
        relay.waitingRead()!.found(undefined);
        await eventually(() => got.length === 1);
      });

      it('offers none while it sends, is paused or has stopped', async () => {
        relay.pause();
        expect(relay.waitingRead()).toBeUndefined();
        relay.resume();
        await eventually(() => relay.waitingRead() !== undefined);
        relay.wake();
        await relay.stop(1_000);
        expect(relay.waitingRead()).toBeUndefined();
      });
    });

    it('need not read cached records', async () => {
      const { records, send } = broker();
      let reads = 0;
      const connect = watchingQueries((text) => {
        if (text.includes('select id, records from outbox')) reads += 1;
      });
      const relay = startRelay(send, { connect, limits: { pollIntervalMs: 600_000, sharingIntervalMs: 600_000 } });
      // Paused from the beginning, so that no look is under way when the rows are committed.
      relay.pause();
      await eventually(() => relay.health().heldShards === SHARDS);
      const appended = many(40, 3);
      await appendAndWake(relay, ...appended);
      relay.resume();
      await eventually(isEmpty);
      expect(reads).toBe(0);
      expect(records).toHaveLength(120);
      for (let key = 0; key < 40; key++) expect(ofKey(records.map(idOf), `k${key}`)).toEqual(inOrder(`k${key}`, 3));
    });

    it('reads a row whose id is cached for another transaction, as after a failover', async () => {
      const { got, send } = broker();
      const relay = startRelay(send, { limits: { pollIntervalMs: 600_000, sharingIntervalMs: 600_000 } });
      await eventually(() => relay.health().heldShards === SHARDS);
      relay.pause();
      await appendAndWake(relay, record('a', 0));
      await pool.query(`update outbox set records = replace(records, 'a-0', 'a-0-of-another')`);
      relay.resume();
      await eventually(isEmpty);
      expect(got).toEqual(['a-0-of-another']);
    });

    it('sends cached records after waiting rows, and no record that is missing in the table', async () => {
      const { got, send } = broker();
      const relay = startRelay(send, { limits: { pollIntervalMs: 600_000, sharingIntervalMs: 600_000 } });
      await eventually(() => relay.health().heldShards === SHARDS);
      relay.pause();
      await appendRecords(record('a', 0));
      await appendAndWake(relay, record('a', 1));
      await appendRecords(record('a', 2));
      await appendAndWake(relay, record('b', 0));
      await pool.query(`delete from outbox where records like '%b-0%'`);
      relay.resume();
      await eventually(isEmpty);
      expect(got).toEqual(inOrder('a', 3));
    });

    it('reads records that exceed its cache', async () => {
      const { got, send } = broker();
      const relay = startRelay(send, { limits: { memoryCharacters: 500, sharingIntervalMs: 600_000 } });
      await eventually(() => relay.health().heldShards === SHARDS);
      for (let n = 0; n < 20; n++) await appendAndWake(relay, ...many(10, 1).map(({ key }) => record(key, n)));
      await eventually(isEmpty);
      for (let key = 0; key < 10; key++) expect(ofKey(got, `k${key}`)).toEqual(inOrder(`k${key}`, 20));
    });

    it('reports the number of waiting records, and the age of the oldest', async () => {
      await appendRecords(...many(3, 1));
      await pool.query(`update outbox set created_at = created_at - interval '90 s'`);
      await appendRecords(...many(3, 1));
      const { rows, oldestAgeSeconds } = await pending({ query: (text) => pool.query(text) });
      expect(rows).toBe(6);
      expect(Math.floor(oldestAgeSeconds / 10)).toBe(9);
    });

    it('sends nothing while it is paused', async () => {
      const { got, send } = broker();
      const relay = startRelay(send);
      await eventually(() => relay.health().heldShards === SHARDS);
      relay.pause();
      await appendRecords(record('a', 0));
      const other = startRelay(send);
      await eventually(() => other.health().heldShards === SHARDS / 2);
      other.pause();
      const before = got.length;
      await appendRecords(...many(50, 1));
      expect(relay.health().paused).toBe(true);
      expect(got).toHaveLength(before);
      relay.resume();
      other.resume();
      await eventually(isEmpty);
      expect(got).toHaveLength(51);
    });
  });

  describe('with a broker that fails', () => {
    it('preserves the order of a key when the broker fails in between', async () => {
      const fake = broker();
      fake.failures = 5;
      await appendRecords(...many(5, 40));
      startRelay((batch) => fake.send(batch), { limits: { batchRecords: 30 } });
      await eventually(isEmpty);
      for (let key = 0; key < 5; key++) expect(firsts(ofKey(fake.got, `k${key}`))).toEqual(inOrder(`k${key}`, 40));
    });

    it('retains records without acknowledgement, and counts their attempts', async () => {
      const fake = broker();
      fake.failures = Number.POSITIVE_INFINITY;
      const failed: unknown[] = [];
      await appendRecords(record('a', 0));
      const relay = startRelay((batch) => fake.send(batch), { observe: { failed: (error) => failed.push(error) } });
      await eventually(() => relay.health().consecutiveFailures >= 3);
      const { rows } = await pool.query('select attempts from outbox');
      expect(rows[0].attempts).toBeGreaterThanOrEqual(3);
      expect(failed.length).toBeGreaterThanOrEqual(3);
      fake.failures = 0;
      await eventually(isEmpty);
      await eventually(() => relay.health().consecutiveFailures === 0);
    });

    it('logs the cause of a failed send in one line; the stack trace is a debug line', async () => {
      const fake = broker();
      fake.failures = 1;
      const warned: object[] = [];
      const debugged: object[] = [];
      const warn = (fields: object) => void warned.push(fields);
      const debug = (fields: object) => void debugged.push(fields);
      await appendRecords(record('a', 0));
      startRelay((batch) => fake.send(batch), { log: { ...silent, warn, debug } });
      await eventually(isEmpty);
      expect(warned).toEqual([{ reason: 'The broker is unavailable.', consecutiveFailures: 1 }]);
      expect(debugged).toContainEqual({ err: expect.any(Error) });
    });

    it('pauses longer after each failure, also when it is woken', async () => {
      const fake = broker();
      fake.failures = Number.POSITIVE_INFINITY;
      await appendRecords(record('a', 0));
      const relay = startRelay((batch) => fake.send(batch), {
        limits: { backoffBaseMs: 600_000, backoffCapMs: 600_000 },
      });
      await eventually(() => relay.health().consecutiveFailures === 1);
      for (let n = 0; n < 100; n++) {
        relay.wake();
        await appendRecords(record('b', n));
      }
      expect(fake.calls).toBe(1);
    });

    it('moves unsendable records to outbox_dead with their cause, and continues with the rest', async () => {
      const got: string[] = [];
      const deadLettered: number[] = [];
      await appendRecords(record('a', 0), record('bad', 0), record('a', 1), record('bad', 1));
      startRelay(
        async (batch) => {
          const indexes = batch.flatMap(({ key }, at) => (key === 'bad' ? [at] : []));
          got.push(...batch.filter(({ key }) => key !== 'bad').map(idOf));
          if (indexes.length === 0) return;
          throw Object.assign(new Error('Too large.'), { name: 'UnsendableRecords', indexes });
        },
        { observe: { deadLettered: (rows) => deadLettered.push(rows) } },
      );
      await eventually(isEmpty);
      await appendRecords(record('a', 2));
      await eventually(isEmpty);
      expect(got).toEqual(['a-0', 'a-1', 'a-2']);
      const { rows } = await pool.query('select key, attempts, cause, payload::text from outbox_dead order by id');
      expect(rows).toMatchObject([
        { key: 'bad', attempts: 1, cause: 'Too large.', payload: record('bad', 0).payload },
        { key: 'bad', attempts: 1, cause: 'Too large.' },
      ]);
      expect(deadLettered).toEqual([2]);
    });
  });

  describe('when it stops', () => {
    it('drains waiting records', async () => {
      const { got, send } = broker();
      const relay = startRelay(send, { limits: { batchRecords: 10, pollIntervalMs: 600_000 } });
      await eventually(() => relay.health().heldShards === SHARDS);
      await appendRecords(...many(10, 10));
      await relay.stop(10_000);
      expect(got).toHaveLength(100);
      expect(relay.health().heldShards).toBe(0);
      expect((await pool.query(RELAYS)).rowCount).toBe(0);
    });

    it('has deleted acknowledged rows', async () => {
      const { got, send } = broker();
      const relay = startRelay(send, { limits: { pollIntervalMs: 600_000, sharingIntervalMs: 600_000 } });
      await eventually(() => relay.health().heldShards === SHARDS);
      for (let n = 0; n < 10; n++) {
        await appendAndWake(relay, record('a', n));
        await eventually(() => got.length === n + 1);
      }
      await relay.stop(10_000);
      expect(await isEmpty()).toBe(true);
      expect(got).toEqual(inOrder('a', 10));
    });

    it('does not wait for a broker that does not answer, and leaves the rows to the next relay', async () => {
      await appendRecords(record('a', 0));
      let text = 0;
      const relay = startRelay(() => {
        text += 1;
        return new Promise(() => {});
      });
      await eventually(() => text === 1);
      await relay.stop(50);
      const { got, send } = broker();
      startRelay(send);
      await eventually(isEmpty);
      expect(got).toEqual(['a-0']);
    });

    it('does not begin to drain while it is paused', async () => {
      const { got, send } = broker();
      const relay = startRelay(send);
      relay.pause();
      await appendRecords(record('a', 0));
      await relay.stop(10_000);
      expect(got).toEqual([]);
      expect(await isEmpty()).toBe(false);
    });
  });

  describe('beside others', () => {
    it('shares the shards, and each gets its part', async () => {
      const relays = [1, 2, 3].map(() => startRelay(broker().send));
      const held = () => relays.map((relay) => relay.health().heldShards).sort();
      await eventually(() => held().join() === '5,5,6');
      await relays.pop()!.stop(1_000);
      await eventually(() => held().join() === '8,8');
    });

    it('does not resend rows that another relay has sent and not deleted yet', async () => {
      const { got, send } = broker();
      const relay = startRelay(send);
      await eventually(() => relay.health().heldShards === SHARDS);
      for (let n = 0; n < 20; n++) {
        await appendAndWake(relay, ...many(20, 1).map(({ key }) => record(key, n)));
        if (n === 5) startRelay(send);
        await eventually(() => got.length >= 20 * (n + 1));
      }
      expect(relay.health().heldShards).toBe(SHARDS / 2);
      await eventually(isEmpty);
      expect(got).toHaveLength(400);
    });

    it('preserves the order of every key while relays come and go', async () => {
      const fake = broker();
      const relays = [startRelay((batch) => fake.send(batch), { limits: { batchRecords: 7 } })];
      for (let n = 0; n < 40; n++) {
        await appendRecords(...Array.from({ length: 20 }, (_, key) => record(`k${key}`, n)));
        if (n % 8 === 3) relays.push(startRelay((batch) => fake.send(batch), { limits: { batchRecords: 7 } }));
        if (n % 8 === 7) await relays.shift()!.stop(0);
      }
      await eventually(isEmpty);
      for (let key = 0; key < 20; key++) expect(firsts(ofKey(fake.got, `k${key}`))).toEqual(inOrder(`k${key}`, 40));
    });

    it('of another outbox in another schema of the database, does not block its rows', async () => {
      const others = await new DataSource({
        type: 'postgres',
        url,
        schema: 'other',
        extra: { options: '-c search_path=other' },
        migrations: outboxMigrations,
      }).initialize();
      await others.query('create schema other');
      await others.runMigrations();
      await others.destroy();
      expect(await unrelayedSchemas(pool)).toEqual(['other']);
      const otherPool = new pg.Pool({ connectionString: url, options: '-c search_path=other' });
      ends.push(() => otherPool.end());
      const [ours, theirs] = [broker(), broker()];
      const relays = [startRelay(ours.send.bind(ours)), startRelay(theirs.send.bind(theirs), { pool: otherPool })];
      await eventually(() => relays.every((relay) => relay.health().heldShards === SHARDS));
      await appendRecords(...many(50, 2));
      await append({ query: (text, values = []) => otherPool.query(text, values as unknown[]) }, many(50, 2));
      await eventually(async () => (await otherPool.query('select from outbox')).rowCount === 0);
      await eventually(isEmpty);
      expect([ours.got.length, theirs.got.length]).toEqual([100, 100]);
      expect(await unrelayedSchemas(pool)).toEqual([]);
    });

    it('reports shards that no relay holds: a registered relay that takes none of its part', async () => {
      const reported: object[] = [];
      const error = (fields: object) => void reported.push(fields);
      const idle = new pg.Client({ connectionString: url });
      await idle.connect();
      ends.push(() => idle.end());
      await idle.query('select pg_advisory_lock_shared(1869968482, 16)');
      const relay = startRelay(broker().send, { log: { ...silent, error }, limits: { stalledAfterMs: 100 } });
      await eventually(() => reported.length === 1);
      expect(reported).toEqual([{ shards: [0, 2, 4, 6, 8, 10, 12, 14] }]);
      expect(relay.health()).toMatchObject({ ok: false, heldShards: 8, unheldShards: [0, 2, 4, 6, 8, 10, 12, 14] });
      expect(relay.health().cause).toMatch(/^No relay holds the shards 0, 2/);
      await idle.query('select pg_advisory_unlock_all()');
      await eventually(() => relay.health().ok);
    });

    it('takes over the shards of a killed one within seconds', async () => {
      const cable = await startCable(server.port);
      ends.push(() => cable.cut());
      const distant = new pg.Pool({ connectionString: url.replace(`:${server.port}/`, `:${cable.port}/`) });
      const killed = startRelay(() => new Promise(() => {}), { pool: distant });
      await eventually(() => killed.health().heldShards === SHARDS);
      const { got, send } = broker();
      const heir = startRelay(send);
      await eventually(() => heir.health().heldShards === SHARDS / 2);
      await appendRecords(...many(50, 2));
      await cable.cut();
      const since = Date.now();
      await eventually(isEmpty);
      expect(Date.now() - since).toBeLessThan(10_000);
      expect(heir.health().heldShards).toBe(SHARDS);
      for (let key = 0; key < 50; key++) expect(ofKey(got, `k${key}`)).toEqual(inOrder(`k${key}`, 2));
    });
  });

  describe('when the database is unavailable', () => {
    it('survives pg_terminate_backend', async () => {
      const { got, send } = broker();
      const failed: unknown[] = [];
      const relay = startRelay(send, { observe: { failed: (error) => failed.push(error) } });
      for (let n = 0; n < 3; n++) {
        await eventually(() => relay.health().heldShards === SHARDS);
        await pool.query(`select pg_terminate_backend(pid) from (${RELAYS.replace('select', 'select pid')}) as relays`);
        await eventually(() => failed.length > n);
        await appendRecords(record('a', n));
        await eventually(isEmpty);
      }
      expect(got).toEqual(inOrder('a', 3));
    });

    it('drops its cache with its connection, and reads from the table', async () => {
      const { got, send } = broker();
      const relay = startRelay(send);
      await eventually(() => relay.health().heldShards === SHARDS);
      relay.pause();
      for (let n = 0; n < 3; n++) await appendAndWake(relay, ...many(10, 1).map(({ key }) => record(key, n)));
      await pool.query(`select pg_terminate_backend(pid) from (${RELAYS.replace('select', 'select pid')}) as relays`);
      await pool.query(`update outbox set records = replace(records, 'k0-1', 'k0-1-as-in-the-table')`);
      relay.resume();
      await eventually(isEmpty);
      expect(ofKey(got, 'k0')).toEqual(['k0-0', 'k0-1-as-in-the-table', 'k0-2']);
      for (let key = 1; key < 10; key++) expect(ofKey(got, `k${key}`)).toEqual(inOrder(`k${key}`, 3));
    });

    it('resends, in order, acknowledged records that could not be deleted', async () => {
      const cable = await startCable(server.port);
      ends.push(() => cable.cut());
      const distant = new pg.Pool({ connectionString: url.replace(`:${server.port}/`, `:${cable.port}/`) });
      const got: string[] = [];
      await appendRecords(record('a', 0), record('a', 1));
      startRelay(
        async (batch) => {
          if (got.length === 0) cable.interrupt();
          got.push(...batch.map(idOf));
        },
        { pool: distant },
      );
      await eventually(isEmpty);
      expect(got).toEqual(['a-0', 'a-1', 'a-0', 'a-1']);
    });

    it('begins as soon as the database is available', async () => {
      const cable = await startCable(server.port);
      await cable.cut();
      const distant = new pg.Pool({ connectionString: url.replace(`:${server.port}/`, `:${cable.port}/`) });
      const { got, send } = broker();
      await appendRecords(record('a', 0));
      const relay = startRelay(send, { pool: distant });
      await eventually(() => relay.health().consecutiveFailures >= 2);
      const mended = await startCable(server.port, cable.port);
      ends.push(() => mended.cut());
      await eventually(isEmpty);
      expect(got).toEqual(['a-0']);
      expect(relay.health().consecutiveFailures).toBe(0);
    });
  });
});

/** A TCP proxy to the server that can be interrupted or cut: data in transit is lost, and no side is notified. */
async function startCable(to: number, at = 0): Promise<{ port: number; interrupt(): void; cut(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const relay: Server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => relay.listen(at, '127.0.0.1', resolve));
  const { port } = relay.address() as { port: number };
  const interrupt = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port,
    interrupt,
    cut: () =>
      new Promise((resolve) => {
        relay.close(() => resolve());
        interrupt();
      }),
  };
}
