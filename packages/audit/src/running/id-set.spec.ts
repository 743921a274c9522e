import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { IdSet } from './id-set.js';

describe('a set of many ids', () => {
  it('contains all added ids, and no other', () => {
    const ids = new IdSet();
    const added = Array.from({ length: 20_000 }, () => randomUUID() as string);
    for (const id of [...added, ...added, '']) ids.add(id);
    expect([ids.size, added.every((id) => ids.has(id)), ids.has('')]).toEqual([20_001, true, true]);
    expect(added.some((id) => ids.has(`${id}x`) || ids.has(id.toUpperCase()))).toBe(false);
  });
});
