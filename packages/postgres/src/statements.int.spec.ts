import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { Pool } from 'pg';
import { type Bound, overKeys, overRows } from './statements.js';
import { transaction } from './transaction.js';

const INSERT = overRows(
  ['int', 'text', 'timestamptz', 'json'],
  (rows) => `insert into pots (id, tea, at, cups) select * from ${rows} as fresh (id, tea, at, cups)`,
);
const UPDATE = overRows(
  ['int', 'text'],
  (rows) => `update pots p set tea = c.tea from ${rows} as c (id, tea) where p.id = c.id`,
);
const LOAD = overKeys(
  'int',
  (among) => `select id, tea, cups from pots where id ${among} and tea <> $1 order by id`,
  1,
);
/** From the next execution on, PostgreSQL may use a plan for all executions. */
const CUSTOM_PLANS = 5;

let dir: string;
let postgres: LocalPostgres;
let pool: Pool;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quadrille-forms-'));
  postgres = await startPostgres({ dataDir: dir });
});
afterAll(async () => {
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  pool = new Pool({ connectionString: postgres.superuserUrl, max: 1 });
  pool.on('error', () => {});
  await pool.query('drop table if exists pots');
  await pool.query('create table pots (id int primary key, tea text, at timestamptz, cups json)');
});
afterEach(() => pool.end());

const run = <Row extends object>([text, values]: Bound) =>
  transaction(pool, async (tx) => (await tx.query<Row>(text, values)).rows);
const cupsOf = (count: number) => Array.from({ length: count }, (_, at) => ({ '[': [at, '"],'] }));
const filled = (ids: readonly number[]) =>
  INSERT([
    ids,
    ids.map((id) => (id === 2 ? null : 'gree"n, {')),
    ids.map(() => '2026-01-01T00:00:00.000Z'),
    cupsOf(ids.length).map((cup) => JSON.stringify(cup)),
  ]);

describe('a statement over rows', () => {
  it.each([[[1]], [[1, 3]], [[1, 3, 4, 5, 6]], [[]]])('writes the same values in each form: %j', async (ids) => {
    await run(filled(ids));
    const rows = await run(LOAD(['0', ...ids.map(String)], 'black'));
    const cups = cupsOf(ids.length);
    expect(rows).toEqual(ids.map((id, at) => ({ id, tea: 'gree"n, {', cups: cups[at] })));
    expect(await run(LOAD(['1'], 'black'))).toEqual(rows.slice(0, 1));
  });

  it('writes null in each form', async () => {
    await run(filled([2]));
    await run(UPDATE([[2], [null]]));
    await run(
      UPDATE([
        [2, 4],
        [null, null],
      ]),
    );
    expect((await pool.query('select tea from pots')).rows).toEqual([{ tea: null }]);
  });

  it('is planned once per connection for few rows, and by index while the table is empty', async () => {
    const statements = [UPDATE([[1], ['green']]), LOAD(['1'], 'black'), LOAD(['1', '2'], 'black')];
    for (let time = 0; time <= CUSTOM_PLANS; time++) for (const each of statements) await run(each);
    for (const [text, values] of statements) {
      const { rows } = await pool.query(
        'select name, custom_plans::int, generic_plans::int from pg_prepared_statements where statement = $1',
        [text],
      );
      expect(rows).toMatchObject([{ custom_plans: CUSTOM_PLANS, generic_plans: 1 }]);
      const plan = await pool.query(`explain execute ${rows[0].name} (${values.map((value) => `'${value}'`)})`);
      expect(JSON.stringify(plan.rows)).toMatch(/Index Scan (using|on) pots_pkey/);
    }
  });
});
