import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { Tx } from './accept.js';
import {
  accept,
  discard,
  type InboxMessage,
  inboxMigrations,
  listParked,
  type ParkedRow,
  park,
  parkedCount,
  purge,
  purgeDecisions,
  redrive,
  reschedule,
  showParked,
  takeDue,
  unpark,
} from './index.js';

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const incoming = (n: number, key = 'K', more: Partial<InboxMessage> = {}): InboxMessage => ({
  step: 'reserve-inventory',
  messageId: id(n),
  key,
  ...more,
});
const row = (n: number, more: Partial<ParkedRow> = {}): ParkedRow => ({
  step: 'reserve-inventory',
  messageId: id(n),
  key: 'K',
  message: { value: n },
  state: 'queued',
  code: 'blocked',
  cause: 'An earlier message of this key waits.',
  attempts: 0,
  pauseMs: null,
  ...more,
});
const due = (n: number, more: Partial<ParkedRow> = {}) =>
  row(n, { state: 'retrying', attempts: 1, pauseMs: -1_000, ...more });
const dead = (n: number, more: Partial<ParkedRow> = {}) => row(n, { state: 'dead', attempts: 5, ...more });
const numbers = (rows: readonly { messageId: string }[]) => rows.map(({ messageId }) => Number(messageId.slice(-12)));

describe('an inbox on PostgreSQL', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-inbox-'));
  let server: LocalPostgres;
  let pool: pg.Pool;

  beforeAll(async () => {
    server = await startPostgres({ dataDir: join(home, 'postgres') });
    const url = await server.createService('inbox', 'inbox');
    const source = await new DataSource({ type: 'postgres', url, migrations: inboxMigrations }).initialize();
    await source.runMigrations();
    await source.undoLastMigration();
    await source.runMigrations();
    await source.destroy();
    pool = new pg.Pool({ connectionString: url });
    // `pool.end` does not wait for its connections: the server may still end one of them.
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
    rmSync(home, { recursive: true });
  });
  beforeEach(async () => {
    await pool.query('truncate inbox, parked, parked_audit restart identity');
  });

  const open = new Set<pg.PoolClient>();

  afterEach(() => {
    // A connection left open by a failed spec would block all later specs.
    for (const client of open) client.release(true);
    open.clear();
  });

  /** A transaction that stays open until the spec ends it. */
  async function begin(): Promise<Tx & { commit(): Promise<void>; rollback(): Promise<void> }> {
    const client = await pool.connect();
    open.add(client);
    await client.query('begin');
    const end = async (how: string) => {
      await client.query(how);
      open.delete(client);
      client.release();
    };
    return {
      query: (text, values = []) => client.query(text, values as unknown[]),
      commit: () => end('commit'),
      rollback: () => end('rollback'),
    };
  }

  async function inTx<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const tx = await begin();
    try {
      const result = await work(tx);
      await tx.commit();
      return result;
    } catch (error) {
      await tx.rollback();
      throw error;
    }
  }

  /** Resolves as soon as a statement waits for a lock of another transaction. */
  async function someoneWaits(): Promise<void> {
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while ((await pool.query(waiting)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  describe('accepting', () => {
    it('takes each message once for each step', async () => {
      const first = await inTx((tx) => accept(tx, [incoming(2), incoming(1)]));
      const second = await inTx((tx) =>
        accept(tx, [incoming(1), incoming(3), incoming(2, 'K', { step: 'commit-inventory' })]),
      );
      expect(first).toEqual(['fresh', 'fresh']);
      expect(second).toEqual(['duplicate', 'fresh', 'fresh']);
    });

    it('takes the first of two equal messages in one batch', async () => {
      const batch = [incoming(1), incoming(2), incoming(1), incoming(2)];
      expect(await inTx((tx) => accept(tx, batch))).toEqual(['fresh', 'fresh', 'duplicate', 'duplicate']);
    });

    it('recognizes a message whose id has another spelling', async () => {
      const spelled = { messageId: 'ABCDEF00-0000-7000-8000-00000000000A' };
      const otherwise = { messageId: '{abcdef0000007000800000000000000a}' };
      expect(await inTx((tx) => accept(tx, [incoming(0, 'K', spelled)]))).toEqual(['fresh']);
      expect(await inTx((tx) => accept(tx, [incoming(0, 'K', otherwise)]))).toEqual(['duplicate']);
    });

    it('does not record messages of a rolled back transaction', async () => {
      const tx = await begin();
      await accept(tx, [incoming(1)]);
      await tx.rollback();
      expect(await inTx((again) => accept(again, [incoming(1)]))).toEqual(['fresh']);
    });

    it('takes a message once when two consumers have it at the same time', async () => {
      const zombie = await begin();
      expect(await accept(zombie, [incoming(2), incoming(1)])).toEqual(['fresh', 'fresh']);
      const owner = inTx((tx) => accept(tx, [incoming(1), incoming(2), incoming(3)]));
      await someoneWaits();
      await zombie.commit();
      expect(await owner).toEqual(['duplicate', 'duplicate', 'fresh']);
    });

    it('does not deadlock when two consumers have the same messages in opposite order', async () => {
      const batch = Array.from({ length: 300 }, (_, n) => incoming(n));
      const verdicts = await Promise.all([
        inTx((tx) => accept(tx, batch)),
        inTx((tx) => accept(tx, batch.toReversed())),
        inTx((tx) => accept(tx, batch)),
      ]);
      expect(verdicts.flat().filter((verdict) => verdict === 'fresh')).toHaveLength(300);
    });

    it('needs two statements, however large the batch', async () => {
      const statements: string[] = [];
      await inTx((tx) => {
        const counting: Tx = {
          query(text, values) {
            statements.push(text);
            return tx.query(text, values);
          },
        };
        return accept(
          counting,
          Array.from({ length: 500 }, (_, n) => incoming(n, `K${n}`)),
        );
      });
      expect(statements).toHaveLength(2);
    });

    it('takes an empty batch', async () => {
      expect(await inTx((tx) => accept(tx, []))).toEqual([]);
    });
  });

  describe('a parked key', () => {
    it('makes later messages of its key wait, and no others', async () => {
      await inTx((tx) => park(tx, [due(1, { pauseMs: 60_000 })]));
      const batch = [incoming(2), incoming(3, 'other')];
      expect(await inTx((tx) => accept(tx, batch))).toEqual(['waiting', 'fresh']);
    });

    it('preserves the order in which messages were parked', async () => {
      const keys = ['b', 'a', 'c', 'a', 'b'];
      await inTx((tx) =>
        park(
          tx,
          keys.map((key, n) => row(9 - n, { key })),
        ),
      );
      expect(numbers((await inTx((tx) => listParked(tx, { limit: 9 }))).rows)).toEqual([9, 8, 7, 6, 5]);
      expect(numbers(await inTx((tx) => takeDue(tx, 9)))).toEqual([9, 8, 7]);
    });

    it('parks a message once', async () => {
      await inTx((tx) => park(tx, [due(1), row(1)]));
      await inTx((tx) => park(tx, [row(1)]));
      expect(await inTx(parkedCount)).toEqual({ retrying: 1, dead: 0, queued: 0 });
    });

    it('stores a message unchanged, also text that PostgreSQL rejects', async () => {
      const message = { key: 'K\0', headers: {}, value: '{"not json \u0000 \ud800' };
      await inTx((tx) => park(tx, [dead(1, { key: 'K\0', cause: 'unexpected \0', message })]));
      const { rows } = await inTx((tx) => listParked(tx, { limit: 1 }));
      expect(rows[0]?.message).toEqual(message);
      expect(rows[0]?.cause).toBe('unexpected \uFFFD');
      expect(await inTx((tx) => accept(tx, [incoming(2, 'K\0')]))).toEqual(['waiting']);
    });

    it('yields its messages one after another, each after its predecessor is done', async () => {
      await inTx((tx) => park(tx, [due(1), row(2), row(3)]));
      const taken: number[] = [];
      for (;;) {
        const rows = await inTx(async (tx) => {
          const found = await takeDue(tx, 10);
          await unpark(
            tx,
            found.map((each) => each.id),
          );
          return found;
        });
        if (rows.length === 0) break;
        taken.push(...numbers(rows));
      }
      expect(taken).toEqual([1, 2, 3]);
      expect(await inTx((tx) => accept(tx, [incoming(4)]))).toEqual(['fresh']);
    });

    it('yields the first row of each key, the longest due first, and no row that is not due', async () => {
      const at = (pauseMs: number) => ({ pauseMs });
      await inTx((tx) =>
        park(tx, [
          due(1, { key: 'a', ...at(-10) }),
          due(2, { key: 'b', ...at(-20) }),
          due(3, { key: 'c', ...at(60_000) }),
          row(4, { key: 'c' }),
          dead(5, { key: 'd' }),
          row(6, { key: 'd' }),
        ]),
      );
      expect(numbers(await inTx((tx) => takeDue(tx, 1)))).toEqual([2]);
      expect(numbers(await inTx((tx) => takeDue(tx, 10)))).toEqual([2, 1]);
    });

    it('leaves the steps of another service to that service', async () => {
      await inTx((tx) => park(tx, [due(1), due(2, { key: 'other' })]));
      const [first] = await inTx((tx) => takeDue(tx, 1));
      expect(await inTx((tx) => takeDue(tx, 10, [first!.step]))).toEqual([]);
      expect(await inTx((tx) => takeDue(tx, 10, ['bake-nothing']))).toHaveLength(2);
    });

    it('is redriven by one instance at a time', async () => {
      await inTx((tx) => park(tx, [due(1), row(2), due(3, { key: 'other' })]));
      const [first, second] = [await begin(), await begin()];
      expect(numbers(await takeDue(first, 1))).toEqual([1]);
      expect(numbers(await takeDue(second, 10))).toEqual([3]);
      await first.commit();
      await second.commit();
    });

    it('is not taken by another instance while its owner postpones it', async () => {
      await inTx((tx) => park(tx, [due(1), row(2)]));
      const [fast, slow] = [await begin(), await begin()];
      const [head] = await takeDue(fast, 1);
      await reschedule(fast, [{ ...head!, attempts: 2, pauseMs: 60_000 }]);
      expect(await takeDue(slow, 10)).toEqual([]);
      await fast.commit();
      expect(await takeDue(slow, 10)).toEqual([]);
      await slow.commit();
    });

    it('waits longer after each failure, and in the end for an operator', async () => {
      await inTx((tx) => park(tx, [due(1), row(2)]));
      const [head] = await inTx((tx) => takeDue(tx, 1));
      await inTx((tx) =>
        reschedule(tx, [{ id: head!.id, code: 'outside', cause: 'no answer', attempts: 2, pauseMs: 60_000 }]),
      );
      const [{ within }] = (
        await pool.query(
          "select due_at - now() between interval '50 s' and interval '60 s' as within from parked where id = $1",
          [head!.id],
        )
      ).rows;
      expect(within).toBe(true);
      expect(await inTx((tx) => showParked(tx, head!.id))).toMatchObject({
        ...{ state: 'retrying', attempts: 2, cause: 'no answer' },
      });
      await inTx((tx) => reschedule(tx, [{ id: head!.id, code: 'bug', cause: 'a bug', attempts: 3, pauseMs: null }]));
      expect(await inTx((tx) => showParked(tx, head!.id))).toMatchObject({ state: 'dead', attempts: 3, dueAt: null });
      expect(await inTx((tx) => takeDue(tx, 10))).toEqual([]);
      expect(await inTx(parkedCount)).toEqual({ retrying: 0, dead: 1, queued: 1 });
    });
  });

  describe('a redrive and a batch at the same time', () => {
    it('queues messages that arrive during the redrive, and takes them afterwards', async () => {
      await inTx((tx) => park(tx, [due(1)]));
      const redriving = await begin();
      const [head] = await takeDue(redriving, 1);
      await unpark(redriving, [head!.id]);

      const batch = await begin();
      expect(await accept(batch, [incoming(2)])).toEqual(['waiting']);
      await redriving.commit();
      // The parked row is gone. The message that must wait behind it is not visible yet.
      expect(await inTx((tx) => takeDue(tx, 10))).toEqual([]);
      await park(batch, [row(2)]);
      await batch.commit();

      expect(await inTx((tx) => accept(tx, [incoming(3)]))).toEqual(['waiting']);
      await inTx((tx) => park(tx, [row(3)]));
      expect(numbers(await inTx((tx) => takeDue(tx, 10)))).toEqual([2]);
    });

    it('does not block a batch after the redrive', async () => {
      await inTx((tx) => park(tx, [due(1)]));
      const batch = await begin();
      await inTx(async (tx) =>
        unpark(
          tx,
          (await takeDue(tx, 1)).map((each) => each.id),
        ),
      );
      expect(await accept(batch, [incoming(2)])).toEqual(['fresh']);
      await batch.commit();
    });

    it('queues behind a redrive that is rolled back', async () => {
      await inTx((tx) => park(tx, [due(1)]));
      const redriving = await begin();
      await unpark(
        redriving,
        (await takeDue(redriving, 1)).map((each) => each.id),
      );
      await inTx(async (tx) => {
        expect(await accept(tx, [incoming(2)])).toEqual(['waiting']);
        await park(tx, [row(2)]);
      });
      await redriving.rollback();
      expect(numbers(await inTx((tx) => takeDue(tx, 10)))).toEqual([1]);
    });

    it('lets no message overtake a message parked by a consumer that had lost its partition', async () => {
      const zombie = await begin();
      await accept(zombie, [incoming(1)]);
      const owner = begin().then(async (tx) => {
        const verdicts = await accept(tx, [incoming(1), incoming(2)]);
        await tx.commit();
        return verdicts;
      });
      await someoneWaits();
      await park(zombie, [due(1)]);
      await zombie.commit();
      expect(await owner).toEqual(['duplicate', 'waiting']);
    });

    it('neither loses nor reorders a message while batches and two redriving instances race', async () => {
      const taken: number[] = [];
      let arriving = true;
      const take = async (tx: Tx, messages: readonly number[]) => {
        // Stands for the row of the aggregate: a transaction that takes a message of the key holds it until the commit.
        await tx.query('select pg_advisory_xact_lock(1)');
        taken.push(...messages);
      };
      const batch = (n: number) =>
        inTx(async (tx) => {
          const [verdict] = await accept(tx, [incoming(n)]);
          if (verdict === 'waiting') await park(tx, [row(n)]);
          else if (n % 10 === 0) await park(tx, [due(n)]);
          else await take(tx, [n]);
        });
      const redriveOnce = () =>
        inTx(async (tx) => {
          const rows = await takeDue(tx, 5);
          await take(tx, numbers(rows));
          await unpark(
            tx,
            rows.map((each) => each.id),
          );
          return rows.length;
        });
      const arrive = async () => {
        for (let n = 0; n < 200; n++) await batch(n);
        arriving = false;
      };
      const redrives = async () => {
        while (arriving || (await inTx(parkedCount)).queued > 0) await redriveOnce();
      };
      await Promise.all([arrive(), redrives(), redrives()]);
      expect(taken).toEqual(Array.from({ length: 200 }, (_, n) => n));
    });
  });

  describe('an operator', () => {
    it('redrives a dead row, and its successors follow', async () => {
      await inTx((tx) => park(tx, [dead(1), row(2), dead(3, { key: 'other' })]));
      expect(await inTx((tx) => takeDue(tx, 10))).toEqual([]);
      expect(await inTx((tx) => redrive(tx, { key: 'K' }, 'ada', 'the bug is fixed'))).toBe(1);
      const [head] = await inTx((tx) => takeDue(tx, 10));
      expect(head).toMatchObject({ messageId: id(1), state: 'retrying', attempts: 0 });
    });

    it('discards a dead row, and its successors continue', async () => {
      await inTx((tx) => park(tx, [dead(1), row(2)]));
      const { rows } = await inTx((tx) => listParked(tx, { state: 'dead', limit: 10 }));
      expect(await inTx((tx) => discard(tx, [rows[0]!.id], 'ada', 'a test order'))).toBe(1);
      expect(numbers(await inTx((tx) => takeDue(tx, 10)))).toEqual([2]);
    });

    it('records operator, action, message and reason in the audit table', async () => {
      await inTx((tx) => park(tx, [dead(1)]));
      const first = (await inTx((tx) => listParked(tx, { limit: 1 }))).rows[0]!.id;
      await inTx((tx) => redrive(tx, { ids: [first] }, 'ada', 'fixed'));
      await inTx((tx) => discard(tx, [first], 'bob', 'not fixed'));
      expect(await inTx((tx) => discard(tx, [first], 'bob', 'again'))).toBe(0);
      const { rows } = await pool.query('select action, parked, by, reason from parked_audit order by id');
      expect(rows).toMatchObject([
        { action: 'redrive', by: 'ada', reason: 'fixed', parked: { message_id: id(1), state: 'dead', attempts: 5 } },
        { action: 'discard', by: 'bob', reason: 'not fixed', parked: { message: { value: 1 }, state: 'retrying' } },
      ]);
    });

    it('pages through parked rows', async () => {
      await inTx((tx) => park(tx, [dead(1), row(2), row(3), dead(4, { key: 'other' })]));
      const page = await inTx((tx) => listParked(tx, { limit: 3 }));
      expect(numbers(page.rows)).toEqual([1, 2, 3]);
      const last = await inTx((tx) => listParked(tx, { limit: 3, cursor: page.next! }));
      expect([numbers(last.rows), last.next]).toEqual([[4], null]);
      expect(numbers((await inTx((tx) => listParked(tx, { key: 'K', state: 'queued', limit: 9 }))).rows)).toEqual([
        2, 3,
      ]);
      expect(await inTx((tx) => showParked(tx, '999'))).toBeUndefined();
    });
  });

  it('deletes old operator actions, with their copies of messages, in bounded chunks', async () => {
    await pool.query(
      `insert into parked_audit (action, parked, by, reason, at)
       select 'discard', '{}', 'ada', 'old', now() - make_interval(secs => n) from generate_series(0, 999, 100) n`,
    );
    expect(await inTx((tx) => purgeDecisions(tx, 450, 3))).toBe(3);
    expect(await inTx((tx) => purgeDecisions(tx, 450, 3))).toBe(2);
    const { rows } = await pool.query(`select count(*)::int as rows from parked_audit where reason = 'old'`);
    expect(rows).toEqual([{ rows: 5 }]);
    await pool.query('truncate parked_audit');
  });

  it('deletes old messages in bounded chunks', async () => {
    await pool.query(
      `insert into inbox select gen_random_uuid(), 's', now() - make_interval(secs => n) from generate_series(0, 999, 100) n`,
    );
    expect(await inTx((tx) => purge(tx, 450, 3))).toBe(3);
    expect(await inTx((tx) => purge(tx, 450, 3))).toBe(2);
    expect(await inTx((tx) => purge(tx, 450, 3))).toBe(0);
    expect((await pool.query('select from inbox')).rowCount).toBe(5);
  });
});
