import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aggregate, type Change, type DomainEvent, type Tx } from '@quadrille/choreography';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { transaction } from '@quadrille/postgres';
import { Pool } from 'pg';
import { documents } from './document-store.js';
import { migrate } from './migrate.js';
import { runnerMigrations } from './migrations.js';
import { bindStore } from './runtime-definition.js';

interface Card {
  readonly points: number;
  readonly note?: string;
}

const cards = documents<Card>('cards');
const fresh = (key: string, after: Card): Change<Card> => ({ key, before: undefined, after, events: [] });

let folder: string;
let postgres: LocalPostgres;
let pool: Pool;
const statements: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quadrille-documents-'));
  postgres = await startPostgres({ dataDir: folder });
  const url = await postgres.createService('cards', 'secret');
  await migrate(url, runnerMigrations);
  pool = new Pool({ connectionString: url, pipeline: true });
  // The server may close a connection before the pool notices that it has ended.
  pool.on('error', () => {});
});
beforeEach(async () => {
  await pool.query('truncate documents');
  statements.length = 0;
});
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const inTransaction = <Result>(work: (tx: Tx) => Promise<Result>) =>
  transaction(pool, (tx) => {
    const query: Tx['query'] = (text, values) => {
      statements.push(text);
      return tx.query(text, values);
    };
    return work({ query });
  });
const load = async (...keys: string[]) => [...(await inTransaction((tx) => cards.load(tx, keys)))];
const save = (...changed: Change<Card>[]) => inTransaction((tx) => cards.save(tx, changed));

/** Adds a point to each card, as a batch does: loads, then saves. */
const addPoint = (...keys: string[]) =>
  inTransaction(async (tx) => {
    const found = await cards.load(tx, keys);
    const changed = keys.map((key) => {
      const before = found.get(key);
      return { key, before, after: { ...before, points: (before?.points ?? 0) + 1 }, events: [] };
    });
    await cards.save(tx, changed);
  });

/** Polls until the condition holds; the time limit of the test ends an endless wait. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

describe('documents', () => {
  it('return as they were saved, and a key without a document is omitted', async () => {
    const odd = { points: 2 ** 53 - 1, note: '“NUL” is \u0000, a quote is \' and "' };
    await save(fresh('a', odd), fresh('b', { points: 0 }));
    expect(await load('a', 'b', 'c')).toEqual([
      ['a', odd],
      ['b', { points: 0 }],
    ]);
  });

  it('change beside new ones', async () => {
    await addPoint('b');
    await addPoint('a', 'b');
    expect(await load('a', 'b')).toEqual([
      ['a', { points: 1 }],
      ['b', { points: 2 }],
    ]);
  });

  it('of two aggregates are separate under one key', async () => {
    await save(fresh('a', { points: 1 }));
    await inTransaction((tx) => documents<Card>('stamps').save(tx, [fresh('a', { points: 7 })]));
    expect(await load('a')).toEqual([['a', { points: 1 }]]);
  });

  it('need the same number of statements for 1 and for 500 keys', async () => {
    for (const size of [1, 500]) {
      statements.length = 0;
      await addPoint(...Array.from({ length: size }, (_, nth) => `${size}-${nth}`).sort());
      expect(statements).toHaveLength(2);
    }
  });

  it('are created once: a transaction that finds a new one runs again', async () => {
    await save(fresh('a', { points: 1 }));
    await expect(save(fresh('a', { points: 5 }), fresh('b', { points: 5 }))).rejects.toMatchObject({ code: '40Q01' });
    expect(await load('a', 'b')).toEqual([['a', { points: 1 }]]);
  });

  it('replace the loaded version and no later one', async () => {
    await addPoint('a');
    const found = await inTransaction((tx) => cards.load(tx, ['a']));
    await addPoint('a');
    const stale = { key: 'a', before: found.get('a'), after: { points: 100 }, events: [] };
    await expect(save(stale)).rejects.toMatchObject({ code: '40Q01' });
    expect(await load('a')).toEqual([['a', { points: 2 }]]);
  });

  it('are locked in key order: a waiting transaction holds the keys before and none after', async () => {
    for (const key of ['c', 'b', 'a']) await addPoint(key);
    let waiting: Promise<unknown> = Promise.resolve();
    await inTransaction(async (tx) => {
      await cards.load(tx, ['b']);
      waiting = load('c', 'b', 'a');
      await until(async () => (await pool.query('select from pg_locks where not granted')).rows.length > 0);
      const free = await pool.query('select key from documents for update skip locked');
      expect(free.rows).toEqual([{ key: 'c' }]);
    });
    await waiting;
  });
});

describe('an aggregate without a store of its own', () => {
  it('is stored as documents under its name', async () => {
    const { store } = bindStore(
      aggregate<Card, DomainEvent>('cards', { initial: () => ({ points: 0 }), evolve: (card) => card }),
    );
    await save(fresh('a', { points: 3 }));
    expect([...(await inTransaction((tx) => store.load(tx, ['a'])))]).toEqual([['a', { points: 3 }]]);
  });
});
