import { describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { DeadlineExtension } from '../input.js';
import { DeadlineExtensions } from './deadlines.js';

const unavailablePool = { connect: () => Promise.reject(new Error('The database is unavailable.')) } as unknown as Pool;
const inputOf = (key: string) => ({ step: { name: 'cool' }, key, at: new Date().toISOString() }) as DeadlineExtension;

describe('a deadline extension', () => {
  it('is written for a running deadline, and needs no database for a stopped one', async () => {
    const extensions = new DeadlineExtensions(unavailablePool, 60);
    for (const key of ['green', 'black']) extensions.add(inputOf(key));
    extensions.discard('cool', 'green');
    await expect(extensions.write()).rejects.toThrow('unavailable');
    extensions.discard('cool', 'black');
    await expect(extensions.write()).resolves.toBeUndefined();
  });
});
