import { describe, expect, it } from '@jest/globals';
import { Conflict, type Tx } from '@quadrille/choreography';
import { arrayLiteral, insertFresh, isoOf, momentOf, send, settleAll, writeEach, writing } from './writes.js';

const failing = (code: string): Tx => ({ query: () => Promise.reject(Object.assign(new Error(code), { code })) });

it('treats an existing row as a conflict', async () => {
  await expect(send(failing('23505'), [insertFresh('a pot', 'insert', [])])).rejects.toThrow(new Conflict('a pot'));
});

it.each([
  ['another failure of the insert', '23514', insertFresh('a pot', 'insert', [])],
  ['a duplicate key outside of an insert of fresh rows', '23505', { text: 'insert', values: [] }],
])('does not change %s', async (_, code, write) => {
  await expect(send(failing(code), [write])).rejects.toMatchObject({ code });
});

it('has the database compare the number of written rows', () => {
  const { text, values } = writeEach('a pot', 2, 'update pots set cups = $1', [7]);
  expect(text).toContain('with written as (update pots set cups = $1 returning 1)\n');
  expect(text).toContain("conflict_unless(count(*) = $2::int, 'a pot')");
  expect(values).toEqual([7, 2]);
});

it('sends no statement of a store that throws', async () => {
  let calls = 0;
  const tx: Tx = {
    async query() {
      calls += 1;
      return { rows: [], rowCount: 0 };
    },
  };
  const store = writing<object>({
    load: async () => new Map(),
    writes: () => {
      throw new RangeError('too large to be exact');
    },
  });
  await expect(store.save(tx, [])).rejects.toThrow(RangeError);
  expect(calls).toBe(0);
});

describe('an array literal', () => {
  it('writes ids, numbers and times without quotes', () => {
    expect(arrayLiteral(['0198a000-0000-7000-8000-00000000000a', -7, 1.5, true, '2026-01-01T00:00:00.000Z'])).toBe(
      '{0198a000-0000-7000-8000-00000000000a,-7,1.5,true,2026-01-01T00:00:00.000Z}',
    );
  });

  it('quotes text that has another meaning outside of quotes', () => {
    expect(arrayLiteral(['', 'null', 'NULL', 'a b', 'a,b', '{}', ' x'])).toBe(
      '{"","null","NULL","a b","a,b","{}"," x"}',
    );
    expect(arrayLiteral(['{"a":"\\"b\\\\"}'])).toBe('{"{\\"a\\":\\"\\\\\\"b\\\\\\\\\\"}"}');
  });

  it('distinguishes null from the text "null"', () => {
    expect(arrayLiteral([null, undefined])).toBe('{NULL,NULL}');
    expect(arrayLiteral([])).toBe('{}');
  });

  it('leaves other types to the driver', () => {
    expect(arrayLiteral([new Date(0)])).toBeUndefined();
    expect(arrayLiteral([['a']])).toBeUndefined();
    expect(arrayLiteral([Buffer.from('a')])).toBeUndefined();
  });
});

it.each([
  ['2026-01-02 03:04:05', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02 03:04:05.6', '2026-01-02T03:04:05.600Z'],
  ['2026-01-02 03:04:05.06', '2026-01-02T03:04:05.060Z'],
  ['2026-01-02 03:04:05.678', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02 03:04:05.678999', '2026-01-02T03:04:05.678Z'],
])('a time that PostgreSQL writes as %s is %s', (text, iso) => {
  expect(isoOf(text)).toBe(iso);
});

const rejecting = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
const aftermath = () => rejecting('25P02');

describe('statements that were sent together', () => {
  it('yield their results in order, also falsy ones', async () => {
    expect(await settleAll([Promise.resolve(1), false, undefined, Promise.resolve('a')])).toEqual([
      1,
      false,
      undefined,
      'a',
    ]);
  });

  it('fail with the original error, not with its aftermath', async () => {
    await expect(settleAll([aftermath(), rejecting('22P02'), aftermath()])).rejects.toThrow('22P02');
  });

  it('fail with the conflict rather than with errors that it caused', async () => {
    await expect(settleAll([rejecting('23505'), Promise.reject(new Conflict('a payment'))])).rejects.toThrow(Conflict);
  });

  it('are all awaited, so that none runs on after the failure', async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => {
      ended = true;
    });
    await expect(settleAll([rejecting('22P02'), slow])).rejects.toThrow('22P02');
    expect(ended).toBe(true);
  });
});

describe('a moment of the database', () => {
  it.each([
    ['an ordinary one', new Date('2026-02-03T04:05:06.789Z'), '2026-02-03T04:05:06.789Z'],
    ['infinity', Number.POSITIVE_INFINITY, '9999-12-31T23:59:59.999Z'],
    ['minus infinity', Number.NEGATIVE_INFINITY, '0001-01-01T00:00:00.000Z'],
    ['one before our era', new Date('-000044-03-15T00:00:00.000Z'), '0001-01-01T00:00:00.000Z'],
    ['an invalid Date', new Date(Number.NaN), '9999-12-31T23:59:59.999Z'],
  ])('is formatted for %s', (_, value, text) => expect(momentOf(value)).toBe(text));
});
