import { expect, it } from '@jest/globals';
import { Conflict, type Tx } from '@quadrille/choreography';
import { insertFresh, send, writeEach, writing } from './writes.js';

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
