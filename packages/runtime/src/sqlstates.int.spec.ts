import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IncomingRecord } from '@quadrille/kafka';
import { startPostgres } from '@quadrille/local';
import { type Scope, scopeOf } from '@quadrille/postgres';
import type { Pool, PoolClient } from 'pg';
import { asked } from './kettle.fixture.js';
import { RealKettle, until } from './real-kettle.fixture.js';

/** Each error class of PostgreSQL's appendix A, with its scope. */
const STATES: Readonly<Record<string, Scope>> = {
  ...{
    '03000': 'input',
    '08006': 'connection',
    '09000': 'input',
    '0A000': 'deployment',
    '0B000': 'input',
    '0F001': 'input',
  },
  ...{
    '0L000': 'deployment',
    '0P000': 'deployment',
    '0Z000': 'input',
    '10608': 'input',
    '20000': 'input',
    '21000': 'input',
  },
  ...{
    '22012': 'input',
    '22P02': 'input',
    '23502': 'input',
    '23514': 'input',
    '24000': 'connection',
    '25006': 'database',
  },
  ...{ '25P03': 'connection', '26000': 'connection', '27000': 'input', '28000': 'deployment', '2B000': 'deployment' },
  ...{
    '2D000': 'deployment',
    '2F005': 'input',
    '34000': 'connection',
    '38000': 'input',
    '39000': 'input',
    '3B000': 'connection',
  },
  ...{ '3D000': 'deployment', '3F000': 'deployment', '40001': 'conflict', '40P01': 'conflict', '42P01': 'deployment' },
  ...{
    '42501': 'deployment',
    '44000': 'input',
    '53100': 'database',
    '53300': 'database',
    '54000': 'input',
    '55000': 'deployment',
  },
  ...{
    '55P03': 'locked',
    '57014': 'locked',
    '57P01': 'connection',
    '57P03': 'database',
    '57P04': 'database',
    '58030': 'database',
  },
  ...{
    '72000': 'conflict',
    F0000: 'database',
    HV000: 'database',
    P0001: 'input',
    XX000: 'input',
    XX002: 'input',
    '99999': 'input',
  },
};

/** Errors that a batch may meet, some of each scope, at each of its statements. */
const OFTEN = [
  '22012',
  '23514',
  'P0001',
  '99999',
  '40001',
  '40P01',
  '55P03',
  '57014',
  '08006',
  '57P01',
  '25006',
  '53100',
  '42P01',
  '42501',
];
/** More statements than a batch of events and commands has, including begin and commit. */
const STATEMENTS = 11;
/** Interval in statements of a persistent fault. */
const LASTS = 6;

let kettle: RealKettle;

beforeAll(async () => {
  kettle = await RealKettle.start(startPostgres);
});
afterAll(() => kettle?.stop());
beforeEach(() => {
  for (const key of Object.keys(known)) delete known[key];
  return kettle.fresh();
});

/** Selects the statements that fail, by text and by position in the transaction. */
type FailsAt = (nth: number, text: string, values: readonly unknown[]) => boolean;

/** A pool whose server raises an error instead of some statements, so that the transaction really fails. */
function failingPool(pool: Pool, state: string, fails: FailsAt): Pool {
  const raise = `do $$ begin raise exception using errcode = '${state}'; end $$`;
  const failing = (client: PoolClient): PoolClient => {
    let nth = 0;
    return new Proxy(client, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
        return (what: string | { text: string; values?: readonly unknown[] }, ...answer: unknown[]) => {
          const { text, values = [] } = typeof what === 'string' ? { text: what } : what;
          if (text.startsWith('begin')) nth = 0;
          if (text !== 'rollback' && fails(nth++, text, values)) {
            if (typeof what === 'string') return target.query(raise);
            Object.assign(what, { text: raise, name: undefined, values: [] });
          }
          return target.query(what as string, ...(answer as []));
        };
      },
    });
  };
  return new Proxy(pool, {
    get: (target, name) =>
      name === 'connect' ? async () => failing(await target.connect()) : Reflect.get(target, name),
  });
}

const yes = () => true;
const no = () => false;

/** The same inputs at each attempt. */
const records = (keys: readonly string[]): IncomingRecord[] => keys.map((key) => (known[key] ??= asked(key, 1)));
const known: Record<string, IncomingRecord> = {};

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

describe('an SQLSTATE', () => {
  it.each(Object.entries(STATES))('%s has the scope %s', (code, scope) => {
    expect(scopeOf(Object.assign(new Error(), { code }))).toBe(scope);
  });

  it.each(OFTEN)(
    '%s at any statement of a batch, for a while: each input has exactly one outcome, none is dead',
    async (state) => {
      let failAt = -1;
      let left = 0;
      const runner = kettle.runner(failingPool(kettle.pool(), state, (nth) => nth === failAt && left-- > 0));
      const inputs: string[] = [];
      for (failAt = 0; failAt < STATEMENTS; failAt++) {
        left = LASTS;
        const keys = ['a', 'b', 'c', 'd', 'z'].map((key) => `${key}-${failAt}`);
        inputs.push(...keys);
        const [z, idempotencyKey] = [keys.pop()!, { owner: 'ada', key: `k-${failAt}`, requestHash: 'h' }];
        const command = () => runner.command('refill', { pot: z, cups: 1 }, { key: z, once: idempotencyKey });
        await Promise.all([
          until('the records are processed', () => runner.takeRecords(records(keys)).then(yes, no)),
          until('the command is done', () => command().then(yes, no)),
        ]);
      }
      await kettle.rows("update parked set due_at = now() where state = 'retrying'");
      runner.start();
      await until('nothing waits', async () => (await kettle.parked()).length === 0);
      expect(await kettle.cups()).toEqual(Object.fromEntries(inputs.map((key) => [key, 1])));
      const emitted = await kettle.rows<{ key: string }>(
        "select key from outbox_records where topic = 'test.kettle.v1'",
      );
      expect(emitted.map(({ key }) => key).sort()).toEqual(inputs.sort());
    },
    60_000,
  );

  it.each(['22012', '23514', '54000', 'P0001', 'XX000', '99999'])(
    '%s, always for one input, costs only that one',
    async (state) => {
      const savesC: FailsAt = (_, text, [pots]) => text.includes('insert into pots') && String(pots).includes('c');
      const runner = kettle.runner(failingPool(kettle.pool(), state, savesC));
      await runner.takeRecords(KEYS.map((key) => asked(key, 1)));
      expect(await kettle.parked()).toEqual([{ key: 'c', state: 'retrying', code: 'database' }]);
      expect(Object.keys(await kettle.cups())).toEqual(['a', 'b', 'd', 'e', 'f']);
    },
  );
});
