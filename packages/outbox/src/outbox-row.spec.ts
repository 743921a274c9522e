import { describe, expect, it } from '@jest/globals';
import { groupByShard, type OutboxRecord, SHARDS, shardOf, textOf } from './append.js';
import { recordsOf, UnreadableRow } from './outbox-row.js';

const record = (payload: string): OutboxRecord => ({
  topic: 'bakery.oven.v1',
  key: 'loaf\n7',
  headers: { ce_id: '"é"', line: 'a\nb' },
  payload,
});

describe('a row of the outbox', () => {
  it.each([
    ['JSON of a step', JSON.stringify({ crust: 'a "thick"\none\0', n: 1e21, ö: [null, ''] })],
    ['JSON of others', '{"n":  1.0,\t"n":-0, "text":"\\u0000"}'],
    ['JSON of several lines', '{\n  "n": 1\n}'],
    ['the least', 'null'],
    ['nothing', ''],
    ['no JSON', '[\0'],
  ])('returns %s unchanged, alone and beside others', (_, payload) => {
    const appended = [record('{}'), record(payload), record('1')];
    expect(recordsOf(textOf(appended))).toEqual(appended);
    expect(recordsOf(textOf([record(payload)]))).toEqual([record(payload)]);
  });

  it('does not escape a payload once more', () => {
    expect(textOf([record('{"crust":"thick"}')])).toContain('{"crust":"thick"}');
  });

  it('in the older format is readable', () => {
    const { topic, key, headers } = record('');
    expect(recordsOf(JSON.stringify([[topic, key, headers, '{"n":1}']]))).toEqual([record('{"n":1}')]);
    expect(recordsOf('[["t", "k", {"a":\n"b"}, "{}"]]')).toEqual([
      { topic: 't', key: 'k', headers: { a: 'b' }, payload: '{}' },
    ]);
  });

  it.each([
    ['of no list', 'null'],
    ['without records', '[]'],
    ['of no JSON', '[["t"'],
    ['with fewer payloads than records', '\n[["t","k",{}],["t","k",{}]]\n{}'],
    ['with more payloads than records', '\n[["t","k",{}]]\n{}\n{}'],
    ['with a field that a newer version adds', '\n[["t","k",{},"new"]]\n{}'],
    ['with a header that is no text', '[["t","k",{"n":1},"{}"]]'],
    ['without a topic', '[["","k",{},"{}"]]'],
    ['whose topic PostgreSQL cannot store', '[["a\\ud800","k",{},"{}"]]'],
    ['without a payload', '[["t","k",{}]]'],
  ])('%s cannot be read as a whole', (_, text) => {
    expect(() => recordsOf(text)).toThrow(UnreadableRow);
  });

  it('ends before it exceeds the size of one read', () => {
    const large = record('x'.repeat(3_000_000));
    expect(groupByShard([large, large, record('{}')]).map(({ records }) => records.length)).toEqual([1, 2]);
  });
});

describe('the shard of a key', () => {
  it('is the same in every release', () => {
    expect(['', 'a', '00000000-0000-7000-8000-000000000001', 'straße'].map(shardOf)).toEqual([5, 12, 1, 3]);
  });

  it('spreads keys evenly', () => {
    const counts = new Array<number>(SHARDS).fill(0);
    for (let n = 0; n < 16_000; n++) counts[shardOf(`order-${n}`)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1_200);
  });
});
