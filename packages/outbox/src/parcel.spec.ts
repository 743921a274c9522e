import { describe, expect, it } from '@jest/globals';
import { recordsOf, textOf } from './parcel.js';
import type { OutboxRecord } from './record.js';

const record = (payload: string): OutboxRecord => ({
  topic: 'bakery.oven.v1',
  key: 'loaf\n7',
  headers: { ce_id: '"é"', line: 'a\nb' },
  payload,
});

describe('a row of the outbox', () => {
  it.each([
    ['JSON of ours', JSON.stringify({ crust: 'a "thick"\none\0', n: 1e21, ö: [null, ''] })],
    ['JSON of others', '{"n":  1.0,\t"n":-0, "text":"\\u0000"}'],
    ['JSON of several lines', '{\n  "n": 1\n}'],
    ['the least', 'null'],
    ['nothing', ''],
    ['no JSON', '[\0'],
  ])('gives %s back as it was said, alone and beside others', (_, payload) => {
    const said = [record('{}'), record(payload), record('1')];
    expect(recordsOf(textOf(said))).toEqual(said);
    expect(recordsOf(textOf([record(payload)]))).toEqual([record(payload)]);
  });

  it('does not escape a payload once more', () => {
    expect(textOf([record('{"crust":"thick"}')])).toContain('{"crust":"thick"}');
  });

  it('of before is read as well', () => {
    const { topic, key, headers } = record('');
    expect(recordsOf(JSON.stringify([[topic, key, headers, '{"n":1}']]))).toEqual([record('{"n":1}')]);
    expect(recordsOf('[["t", "k", {"a":\n"b"}, "{}"]]')).toEqual([
      { topic: 't', key: 'k', headers: { a: 'b' }, payload: '{}' },
    ]);
  });
});
