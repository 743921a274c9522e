import { describe, expect, it } from '@jest/globals';
import { Memory } from './memory.js';
import type { Parcel } from './parcel.js';

const parcel = (id: string, headers: Record<string, string>, xid = '1'): Parcel => ({
  id,
  xid,
  shard: 0,
  records: [{ topic: 'bakery.oven.v1', key: 'loaf', headers, payload: '{}' }],
});

describe('what a relay remembers', () => {
  it('is bounded by all that its records keep in memory, of which the payload is the least', () => {
    const memory = new Memory(10_000);
    const headers = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`header-${at}`, 'x'.repeat(91)]));
    for (let id = 0; id < 100; id++) memory.remember(parcel(String(id), headers));
    expect(memory.characters).toBeLessThanOrEqual(10_000);
    expect(memory.recall({ id: '0', xid: '1' })).toBeDefined();
    expect(memory.recall({ id: '20', xid: '1' })).toBeUndefined();
    for (let id = 0; id < 100; id++) memory.forget(String(id));
    expect(memory.characters).toBe(0);
  });

  it('is of the row as that transaction wrote it', () => {
    const memory = new Memory(10_000);
    memory.remember(parcel('7', {}, '100'));
    expect(memory.recall({ id: '7', xid: '100' })).toBeDefined();
    expect(memory.recall({ id: '7', xid: '101' })).toBeUndefined();
  });
});
