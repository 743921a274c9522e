import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres } from '@quadrille/local';
import type { PoolClient } from 'pg';
import { asked, Stirred } from './kettle.fixture.js';
import { LOCK_TIMEOUT_MS, RealKettle, until } from './real-kettle.fixture.js';

const BATCH = 500;

let kettle: RealKettle;
let holder: PoolClient;

beforeAll(async () => {
  kettle = await RealKettle.start(startPostgres);
});
afterAll(() => kettle?.stop());

beforeEach(async () => {
  await kettle.fresh();
  await kettle.rows("insert into pots select 'pot-' || n, 0, 0, false from generate_series(0, 499) n");
});

/** Locks rows, as an operator's psql session does, until it is released. */
async function hold(sql: string): Promise<() => Promise<void>> {
  holder = await kettle.admin.connect();
  await holder.query('begin');
  await holder.query(sql);
  return async () => {
    await holder.query('rollback');
    holder.release();
  };
}

const batch = () => Array.from({ length: BATCH }, (_, at) => asked(`pot-${at}`, 1));

describe('a row that another session holds', () => {
  it('costs its key: the others of its batch commit within about a lock timeout', async () => {
    const letGo = await hold("select from pots where pot = 'pot-250' for update");
    try {
      const runner = kettle.runner();
      const began = performance.now();
      await runner.takeRecords(batch());
      const tookMs = performance.now() - began;
      expect(await kettle.parked()).toEqual([{ key: 'pot-250', state: 'retrying', code: 'locked' }]);
      expect(Object.values(await kettle.cups()).filter((cups) => cups === 1)).toHaveLength(BATCH - 1);
      // The probe takes 500 short transactions; this machine may be busy.
      expect(tookMs).toBeLessThan(LOCK_TIMEOUT_MS + 20_000);
      const [logged] = kettle.lines.filter(({ message }) => message.includes('held by other sessions'));
      expect(logged!.fields).toMatchObject({ aggregate: 'pots', key: 'pot-250', pids: [expect.any(Number)] });

      // Later inputs do not wait, except those of its key.
      await runner.takeRecords([asked('pot-250', 1), asked('pot-251', 1)]);
      expect((await kettle.cups())['pot-251']).toBe(2);
      expect(await kettle.parked()).toMatchObject([{ key: 'pot-250' }, { key: 'pot-250', state: 'queued' }]);
    } finally {
      await letGo();
    }
  });

  it('is retried without a limit, and processed in order once the lock is gone', async () => {
    const runner = kettle.runner();
    const letGo = await hold("select from pots where pot = 'pot-1' for update");
    try {
      await runner.takeRecords([asked('pot-1', 1), asked('pot-1', 2)]);
      await kettle.rows('update parked set attempts = 40, due_at = now()');
      runner.start();
      await until(
        'it was tried again',
        async () => (await kettle.rows("select 1 from parked where state = 'retrying' and attempts > 40")).length > 0,
      );
      expect(await kettle.parked()).toMatchObject([{ state: 'retrying', code: 'locked' }, { state: 'queued' }]);
    } finally {
      await letGo();
    }
    await kettle.rows('update parked set due_at = now()');
    await until('nothing is parked', async () => (await kettle.parked()).length === 0);
    expect((await kettle.cups())['pot-1']).toBe(3);
    expect(await kettle.rows("select last from pots where pot = 'pot-1'")).toEqual([{ last: 2 }]);
  });

  it('of many keys delays none of the others that wait for a retry', async () => {
    const runner = kettle.runner();
    const letGo = await hold("select from pots where pot ~ '^pot-[12].$' order by pot for update");
    try {
      await runner.takeRecords(batch());
      const held = (await kettle.parked()).length;
      expect(held).toBe(20);
      // One that waits for a gateway, behind all of them.
      kettle.world.pourable = async () => Promise.reject(new Error('no water'));
      await runner.takeRecords([asked('pot-3', 1)]);
      kettle.world.pourable = async () => {};
      await kettle.rows("update parked set due_at = now() - interval '1 hour' where code = 'locked'");
      await kettle.rows("update parked set due_at = now() where key = 'pot-3'");
      runner.start();
      await until('the other is taken', async () => (await kettle.cups())['pot-3'] === 2);
      expect((await kettle.parked()).every(({ state, code }) => state === 'retrying' && code === 'locked')).toBe(true);
    } finally {
      await letGo();
    }
  });

  it('returns a problem to its caller, and to no other', async () => {
    const runner = kettle.runner();
    const letGo = await hold("select from pots where pot = 'pot-1' for update");
    try {
      const refill = (pot: string) => runner.command('refill', { pot, cups: 1 }, { key: pot });
      const [held, free] = await Promise.allSettled([refill('pot-1'), refill('pot-2')]);
      expect(free.status).toBe('fulfilled');
      expect(held).toMatchObject({ status: 'rejected', reason: { cause: { code: '55P03' } } });
      expect(await kettle.parked()).toEqual([]);
    } finally {
      await letGo();
    }
  });

  it('does not stop other deadlines, and its own runs once the lock is gone', async () => {
    await kettle.rows("insert into deadlines select 'cool', 'pot-' || n, now() from generate_series(0, 9) n");
    const letGo = await hold("select from pots where pot = 'pot-5' for update");
    const runner = kettle.runner();
    const due = () => kettle.rows<{ key: string }>('select key from deadlines');
    try {
      runner.start();
      await until('the other deadlines have run', async () => (await due()).length === 1);
      expect(await due()).toEqual([{ key: 'pot-5' }]);
    } finally {
      await letGo();
    }
    await kettle.rows('update deadlines set due_at = now()');
    await until('the deadline has run', async () => (await due()).length === 0);
  });

  it('that is a whole table delays its batch by a few seconds, and no message is dead', async () => {
    const letGo = await hold('lock table pots in access exclusive mode');
    try {
      const began = performance.now();
      await kettle.runner().takeRecords(batch());
      expect(performance.now() - began).toBeLessThan(LOCK_TIMEOUT_MS + 8_000);
      const parked = await kettle.parked();
      expect(parked).toHaveLength(BATCH);
      expect(parked.every(({ state, code }) => state === 'retrying' && code === 'locked')).toBe(true);
    } finally {
      await letGo();
    }
  });

  it('on an extended deadline costs that deadline, and offsets are committed', async () => {
    await kettle.rows(
      "insert into deadlines select 'cool', 'pot-' || n, now() + interval '1 minute' from generate_series(0, 9) n",
    );
    const letGo = await hold("select from deadlines where key = 'pot-5' for update");
    const runner = kettle.runner();
    const long = () =>
      kettle.rows<{ key: string }>("select key from deadlines where due_at > now() + interval '30 minutes'");
    try {
      await runner.takeRecords(Array.from({ length: 10 }, (_, at) => asked(`pot-${at}`, 1, Stirred)));
      await runner.settle();
      expect(await long()).toHaveLength(9);
    } finally {
      await letGo();
    }
    await runner.settle();
    expect(await long()).toHaveLength(10);
  });
});
