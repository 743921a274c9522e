import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Tx } from '@quadrille/choreography';
import type { KafkaHealth } from '@quadrille/kafka';
import { startPostgres } from '@quadrille/local';
import { transaction } from '@quadrille/postgres';
import type { Pool, PoolClient } from 'pg';
import { RunCommands } from '../../runtime/src/commands.js';
import { asked, kettle as kettleOf } from '../../runtime/src/kettle.fixture.js';
import { RealKettle, until } from '../../runtime/src/real-kettle.fixture.js';
import type { Runner } from '../../runtime/src/runner.js';
import { HealthService } from './health-service.js';

let kettle: RealKettle;

beforeAll(async () => {
  kettle = await RealKettle.start(startPostgres);
});
afterAll(() => kettle?.stop());
beforeEach(() => kettle.fresh());

/** Retries the records until they succeed, as a consumer does. */
async function insist(runner: Runner, records: Parameters<Runner['takeRecords']>[0], signal: { over: boolean }) {
  for (;;) {
    const taken = await runner.takeRecords(records).then(
      () => true,
      () => false,
    );
    if (taken || signal.over) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The health of a service with a backlog. */
function healthOf(runner: Runner, pool: Pool): HealthService {
  const health: KafkaHealth = {
    ...{ state: 'running', lastActivityAt: Date.now(), assigned: 1, inFlight: 1, stalled: true },
    ...{ unavailableTopics: [], failing: [], recordsLost: 0 },
  };
  const consumer = { health: () => ({ ...health, lastActivityAt: Date.now() }) };
  const healthService = new HealthService({
    service: 'kettle',
    pool,
    work: runner.work,
    silentAfterMs: 5_000,
    consumer,
  });
  healthService.serving = true;
  return healthService;
}

describe('a mistake in deployment', () => {
  it.each([
    ['a missing table', 'alter table pots rename to gone', 'alter table gone rename to pots', 'does not exist'],
    [
      'a missing column',
      'alter table pots rename cold to warm',
      'alter table pots rename warm to cold',
      'does not exist',
    ],
    ['a missing grant', 'alter table pots owner to postgres', 'alter table pots owner to kettle', 'permission denied'],
    [
      'a missing table of the plumbing',
      'alter table parked rename to gone',
      'alter table gone rename to parked',
      'parked',
    ],
  ])(
    '%s is not the fault of a message: nothing is parked, the service is unready, and recovers',
    async (_, broken, mended, cause) => {
      const pool = kettle.pool();
      const runner = kettle.runner(pool);
      const health = healthOf(runner, pool);
      const signal = { over: false };
      await kettle.rows(broken);
      let taking: Promise<void> | undefined;
      try {
        taking = insist(runner, [asked('green', 1), asked('black', 2)], signal);
        await until('the fault is detected', () => runner.work.isFailing('batches'));
        await until('it was tried several times', () => Number(runner.work.states().batches?.failures) >= 4);
        expect((await health.ready()).parts.batches).toMatchObject({
          ok: false,
          scope: 'deployment',
          cause: expect.stringContaining(cause),
        });
        // Records pile up, and a restart would not help.
        expect((await health.live()).ok).toBe(true);
      } finally {
        await kettle.rows(mended);
        await until('the record is processed', async () => (await kettle.cups()).green === 1).finally(() => {
          signal.over = true;
        });
        await taking;
      }
      expect(await kettle.parked()).toEqual([]);
      expect(await kettle.cups()).toEqual({ black: 2, green: 1 });
      expect((await health.ready()).parts.batches?.ok).toBe(true);
      const loud = kettle.lines.filter(({ level, fields }) => level === 'error' && fields.work === 'batches');
      expect(loud).toHaveLength(1);
    },
  );
});

describe('a database that has become read-only', () => {
  it('makes the service unready and is logged rarely; afterwards the pool replaces its connections, whose sessions stay read-only', async () => {
    const pool = kettle.pool();
    const runner = kettle.runner(pool);
    const health = healthOf(runner, pool);
    await runner.takeRecords([asked('green', 1)]);
    expect((await health.ready()).parts.database).toMatchObject({ ok: true });

    await kettle.rows('alter role kettle set default_transaction_read_only = on');
    await kettle.rows("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kettle'");
    const signal = { over: false };
    const taking = insist(runner, [asked('green', 2)], signal);
    try {
      // All connections of the pool lead to a read-only server.
      const all = await Promise.allSettled(Array.from({ length: 5 }, () => pool.query('select pg_sleep(0.1)')));
      expect(all.some(({ status }) => status === 'fulfilled')).toBe(true);
      await until('it is detected', async () => (await health.ready()).parts.batches?.scope === 'database');
      expect((await health.ready()).parts.database).toMatchObject({ ok: false, cause: 'the database is read-only' });
      await expect(runner.command('refill', { pot: 'white', cups: 1 }, { key: 'white' })).rejects.toMatchObject({
        code: '25006',
      });
    } finally {
      await kettle.rows('alter role kettle reset default_transaction_read_only');
    }
    await until('the record is processed', async () => (await kettle.cups()).green === 3).finally(() => {
      signal.over = true;
    });
    await taking;
    await runner.command('refill', { pot: 'white', cups: 1 }, { key: 'white' });
    expect((await health.ready()).parts).toMatchObject({ database: { ok: true }, batches: { ok: true } });
    expect(await kettle.parked()).toEqual([]);
    const logged = kettle.lines.filter(({ fields, level }) => fields.work === 'batches' && level !== 'info');
    expect(logged.length).toBeLessThanOrEqual(2);
  });
});

describe('a store that swallows an error', () => {
  it('commits nothing: its records are parked, and its commands fail', async () => {
    const definition = kettleOf(kettle.world);
    const [{ aggregate, store }] = definition.stores as unknown as [{ aggregate: never; store: { load: never } }];
    const save = async (tx: Tx) => void (await tx.query('select 1/0').catch(() => {}));
    const swallowing = { ...definition, stores: [{ aggregate, store: { load: store.load, save } }] } as never;
    const runner = kettle.runner(kettle.pool(), { definition: swallowing });
    await runner.takeRecords([asked('green', 1)]);
    expect(await kettle.parked()).toEqual([{ key: 'green', state: 'retrying', code: 'database' }]);
    expect(await kettle.rows('select id from outbox')).toEqual([]);
    await expect(runner.command('refill', { pot: 'black', cups: 1 }, { key: 'black' })).rejects.toMatchObject({
      cause: { code: '22012' },
    });
    expect(await kettle.cups()).toEqual({});
  });

  it('causes an error with the swallowed one as its cause', async () => {
    const swallowed = transaction(kettle.pool(), async (tx) => {
      await tx.query('select 1/0').catch(() => {});
      return 'done';
    });
    await expect(swallowed).rejects.toMatchObject({ name: 'SilentRollback', cause: { code: '22012' } });
  });
});

/** A pool whose next commit reaches the server, but whose response is lost. */
function cuttingPool(pool: Pool): { readonly pool: Pool; cut(): void } {
  let cuts = 0;
  const cutting = new Proxy(pool, {
    get(target, name) {
      if (name !== 'connect') return Reflect.get(target, name);
      return async () => cutter(await target.connect());
    },
  });
  const cutter = (client: PoolClient): PoolClient =>
    new Proxy(client, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (name !== 'query' || cuts === 0) return typeof value === 'function' ? value.bind(target) : value;
        return async (text: unknown, ...more: unknown[]) => {
          const answer = await target.query(text as string, ...(more as []));
          if (text !== 'commit') return answer;
          cuts--;
          throw new Error('Connection terminated unexpectedly');
        };
      },
    });
  return { pool: cutting, cut: () => void cuts++ };
}

describe('a commit without an answer', () => {
  it('is reported to a caller without a key as an unknown outcome, with the key to look up', async () => {
    const { pool, cut } = cuttingPool(kettle.pool());
    const commands = new RunCommands(kettle.runner(pool));
    cut();
    const refill = commands.run('refill', { pot: 'green', cups: 1 }, { key: 'green' });
    await expect(refill).rejects.toMatchObject({
      status: 500,
      code: 'outcome-unknown',
      detail: expect.stringContaining('green'),
    });
    expect(await kettle.cups()).toEqual({ green: 1 });
  });

  it('is harmless to a caller that retries with the same key', async () => {
    const { pool, cut } = cuttingPool(kettle.pool());
    const commands = new RunCommands(kettle.runner(pool));
    const idempotencyKey = { owner: 'ada', key: 'k1', request: {} };
    const refill = () => commands.run('refill', { pot: 'green', cups: 1 }, { key: 'green', idempotencyKey });
    cut();
    await expect(refill()).rejects.toMatchObject({ name: 'CommitInDoubt' });
    expect(await refill()).toMatchObject({ event: { subject: 'green' } });
    expect(await kettle.cups()).toEqual({ green: 1 });
  });

  it('is harmless to records and deadlines, which are processed again', async () => {
    const { pool, cut } = cuttingPool(kettle.pool());
    const runner = kettle.runner(pool);
    const records = [asked('green', 1), asked('black', 2)];
    cut();
    await expect(runner.takeRecords(records)).rejects.toThrow('may be committed or not');
    await runner.takeRecords(records);
    expect(await kettle.cups()).toEqual({ black: 2, green: 1 });
    await kettle.rows('update deadlines set due_at = now()');
    cut();
    runner.start();
    await until('all deadlines have fired', async () => (await kettle.rows('select 1 from deadlines')).length === 0);
    const cooled = await kettle.rows(
      "select key from outbox_records where headers->>'ce_type' = 'test.kettle.cooled.v1'",
    );
    expect(cooled.map(({ key }) => key).sort()).toEqual(['black', 'green']);
  });
});
