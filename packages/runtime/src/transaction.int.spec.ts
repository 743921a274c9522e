import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Store, Tx } from '@quadrille/choreography';
import { startPostgres } from '@quadrille/local';
import { SHARDS } from '@quadrille/outbox';
import { isConflict, isInDoubt, LastWrites, send, transaction, writeEach } from '@quadrille/postgres';
import type { Pool } from 'pg';
import { CountingSocket } from './counting-socket.fixture.js';
import { asked, kettle as kettleOf } from './kettle.fixture.js';
import { RealKettle, until } from './real-kettle.fixture.js';
import type { RunnerOptions } from './runner-options.js';

let kettle: RealKettle;
let socket: CountingSocket;
let pool: Pool;

beforeAll(async () => {
  kettle = await RealKettle.start(startPostgres);
});
afterAll(() => kettle?.stop());
beforeEach(async () => {
  await kettle.fresh();
  pool = kettle.pool({
    max: 1,
    stream: () => {
      socket = new CountingSocket();
      return socket;
    },
  });
  await pool.query('select 1');
});

const pour = (pot: string, cups = 1) => ({
  text: 'insert into pots (pot, cups, last, cold) values ($1, $2, $2, false)',
  values: [pot, cups],
});

/** Reads, then sends its last writes, as a batch does. */
const lastly = (...works: ((tx: Tx) => Promise<unknown>)[]) =>
  transaction(pool, async (tx) => {
    await tx.query('select 1');
    return new LastWrites(Promise.all(works.map((work) => work(tx))));
  });

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error) => error,
  );

async function roundTripsOf(work: () => Promise<unknown>): Promise<{ packets: number; roundTrips: number }> {
  const { packets, roundTrips } = socket;
  await work();
  return { packets: socket.packets - packets, roundTrips: socket.roundTrips - roundTrips };
}

describe('a batch', () => {
  it('takes two round trips and two packets: reads, and writes with the commit', async () => {
    const runner = kettle.runner(pool);
    expect(await roundTripsOf(() => runner.takeRecords([asked('green', 1), asked('black', 2)]))).toEqual({
      packets: 2,
      roundTrips: 2,
    });
    expect(await kettle.cups()).toEqual({ black: 2, green: 1 });
  });

  it('has the read of the relay in the packet of its commit', async () => {
    const found: unknown[] = [];
    const read = {
      text: 'select id, size from outbox_waiting_rows($1, $2, $3)',
      values: ['0', Array.from({ length: SHARDS }, (_, shard) => shard), 10] as const,
    };
    const relay: RunnerOptions['relay'] = {
      cache: (rows) => found.push(rows.map(({ records }) => records.length)),
      waitingRead: () => ({ ...read, found: (rows) => found.push(rows?.map(({ size }) => size)) }),
      wake: () => found.push('woken'),
    };
    const runner = kettle.runner(pool, { relay });
    expect(await roundTripsOf(() => runner.takeRecords([asked('green', 1)]))).toEqual({ packets: 2, roundTrips: 2 });
    expect(found).toEqual([[1], [1]]);
  });

  it('delays its commit for a store that only has `save`, and commits all its statements', async () => {
    const definition = kettleOf(kettle.world);
    const [{ aggregate, store }] = definition.stores as unknown as [{ aggregate: never; store: Store }];
    const save: Store['save'] = async (tx, changed) => {
      await tx.query('select 1');
      await store.save(tx, changed);
    };
    const waiting = { ...definition, stores: [{ aggregate, store: { load: store.load, save } }] } as never;
    const runner = kettle.runner(pool, { definition: waiting });
    expect((await roundTripsOf(() => runner.takeRecords([asked('green', 1)]))).roundTrips).toBe(4);
    expect(await kettle.cups()).toEqual({ green: 1 });
  });
});

describe('a commit that is sent with the last writes', () => {
  it('commits nothing when one of them finds too few rows, and reports a conflict', async () => {
    const update = writeEach('a pot', 2, 'update pots set cups = 9 where pot = any($1::text[])', [['green', 'black']]);
    await lastly((tx) => send(tx, [pour('green')]));
    const error = await failureOf(lastly((tx) => send(tx, [pour('white'), update])));
    expect(error).toMatchObject({ code: '40Q01', message: 'Another transaction changed a pot first.' });
    expect([isConflict(error), isInDoubt(error)]).toEqual([true, false]);
    expect(await kettle.cups()).toEqual({ green: 1 });
  });

  it('fails with the error of the failed write, and sends no rollback', async () => {
    const bad = { ...pour('green', 13), values: ['green', 13] };
    let error: unknown;
    const cost = await roundTripsOf(async () => {
      error = await failureOf(lastly((tx) => send(tx, [pour('black'), bad, pour('white')])));
    });
    expect(error).toMatchObject({ code: '23514' });
    expect(isInDoubt(error)).toBe(false);
    expect(cost.roundTrips).toBe(2);
    expect(await kettle.cups()).toEqual({});
    await lastly((tx) => send(tx, [pour('green')]));
    expect(await kettle.cups()).toEqual({ green: 1 });
  });

  it('is in doubt when its packet was not answered: here it was committed', async () => {
    const error = await failureOf(
      transaction(pool, async (tx) => {
        await tx.query('select 1');
        socket.cutsNext = true;
        return new LastWrites(send(tx, [pour('green')]));
      }),
    );
    expect(isInDoubt(error)).toBe(true);
    await until('the server has committed', async () => (await kettle.cups()).green === 1);
  });

  it('is not in doubt when the session ends at an earlier write', async () => {
    const suicide = { text: 'select pg_terminate_backend(pg_backend_pid())', values: [] };
    const error = await failureOf(lastly((tx) => send(tx, [pour('green'), suicide])));
    expect(error).toMatchObject({ code: '57P01' });
    expect(isInDoubt(error)).toBe(false);
    expect(await kettle.cups()).toEqual({});
  });

  it('is followed by a read: its rows are passed on after the commit, and a failed read does not fail the transaction', async () => {
    const seen: unknown[] = [];
    const pouring = (pot: string, text: string) =>
      transaction(pool, async (tx) => {
        await tx.query('select 1');
        return new LastWrites(send(tx, [pour(pot)]), {
          read: { text, values: [] },
          committed: (rows) => seen.push(rows),
        });
      });
    await pouring('green', 'select count(*)::int as pots from pots');
    await pouring('black', 'select 1 / 0');
    await failureOf(pouring('green', 'select 1'));
    expect(seen).toEqual([[{ pots: 1 }], undefined]);
    expect(await kettle.cups()).toEqual({ black: 1, green: 1 });
  });

  it('is not sent when one of them could not be sent', async () => {
    const circular: { self?: object } = {};
    circular.self = circular;
    const unsendable = { text: 'insert into idempotency_keys (owner) values ($1)', values: [circular] };
    await expect(lastly((tx) => send(tx, [pour('green'), unsendable]))).rejects.toThrow('circular');
    expect(await kettle.cups()).toEqual({});
  });

  it('is committed even if processing of the answers throws: it is reported as in doubt, so that the batch is retried', async () => {
    const judging = async (tx: Tx) => {
      await send(tx, [pour('green')]);
      throw new Error('I counted the rows myself.');
    };
    expect(isInDoubt(await failureOf(lastly(judging)))).toBe(true);
    expect(await kettle.cups()).toEqual({ green: 1 });
  });
});
