import { describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { ExtensionInput } from './input.js';
import { MoreTime } from './more-time.js';

const poolThatIsAway = { connect: () => Promise.reject(new Error('The database is away.')) } as unknown as Pool;
const heardOf = (key: string) => ({ step: { name: 'cool' }, key, at: new Date().toISOString() }) as ExtensionInput;

describe('more time for clocks', () => {
  it('is written where a clock still runs, and needs no database for one that was stopped', async () => {
    const moreTime = new MoreTime(poolThatIsAway, 60);
    for (const key of ['green', 'black']) moreTime.hear(heardOf(key));
    moreTime.forget('cool', 'green');
    await expect(moreTime.write()).rejects.toThrow('away');
    moreTime.forget('cool', 'black');
    await expect(moreTime.write()).resolves.toBeUndefined();
  });
});
