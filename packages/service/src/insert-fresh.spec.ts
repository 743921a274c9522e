import { expect, it } from '@jest/globals';
import { Conflict, type Tx } from '@quadrille/choreography';
import { insertFresh } from './insert-fresh.js';

const failing = (code: string): Tx => ({ query: () => Promise.reject(Object.assign(new Error(code), { code })) });

it('takes a row that is there already for a conflict', async () => {
  await expect(insertFresh(failing('23505'), 'a pot', 'insert', [])).rejects.toThrow(new Conflict('a pot'));
});

it('leaves every other failure what it is', async () => {
  await expect(insertFresh(failing('23514'), 'a pot', 'insert', [])).rejects.toMatchObject({ code: '23514' });
});
