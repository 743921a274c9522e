import { describe, expect, it } from '@jest/globals';
import type { OutboxRow } from './append.js';
import { RecordCache } from './known-rows.js';

const rowOf = (id: string, headers: Record<string, string>, xid = '1'): OutboxRow => ({
  id,
  xid,
  shard: 0,
  records: [{ topic: 'bakery.oven.v1', key: 'loaf', headers, payload: '{}' }],
});

describe('the record cache of a relay', () => {
  it('is bounded by the whole memory of its records, of which the payload is the smallest part', () => {
    const cache = new RecordCache(10_000);
    const headers = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`header-${at}`, 'x'.repeat(91)]));
    for (let id = 0; id < 100; id++) cache.put(rowOf(String(id), headers));
    expect(cache.characters).toBeLessThanOrEqual(10_000);
    expect(cache.get({ id: '0', xid: '1' })).toBeDefined();
    expect(cache.get({ id: '20', xid: '1' })).toBeUndefined();
    for (let id = 0; id < 100; id++) cache.remove(String(id));
    expect(cache.characters).toBe(0);
  });

  it('returns a row only for the transaction that wrote it', () => {
    const cache = new RecordCache(10_000);
    cache.put(rowOf('7', {}, '100'));
    expect(cache.get({ id: '7', xid: '100' })).toBeDefined();
    expect(cache.get({ id: '7', xid: '101' })).toBeUndefined();
  });
});
