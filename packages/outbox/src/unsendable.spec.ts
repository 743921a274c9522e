import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from './unsendable.js';

const error = (indexes: unknown, more: object = {}) =>
  Object.assign(new Error('Some can never be sent.'), { name: 'UnsendableRecords', indexes, ...more });

describe('an error of a transport', () => {
  it('lists the records that can never be sent, with the cause', () => {
    const known = outcomeOf(error([0, 2], { cause: new Error('Too large.') }), 3);
    expect([...known!.dead]).toEqual([
      [0, 'Some can never be sent. Too large.'],
      [2, 'Some can never be sent. Too large.'],
    ]);
    expect(known!.refused.size).toBe(0);
  });

  it('lists records that wait for their topics, and optionally others that can never be sent', () => {
    const topics = new Map([['gone', new Error('This server does not host it.')]]);
    const known = outcomeOf(error([0, 1, 2], { name: 'RefusedTopics', topics, unsendable: error([1]) }), 4);
    expect([...known!.refused]).toEqual([0, 2]);
    expect([...known!.dead]).toEqual([[1, 'Some can never be sent.']]);
    expect([...known!.topics]).toEqual([['gone', 'This server does not host it.']]);
  });

  it('is undefined for another name or invalid indexes', () => {
    expect(outcomeOf(new Error('no leader'), 1)).toBeUndefined();
    for (const indexes of [undefined, [], [1], [-1], ['0.5'], [0.5]]) {
      expect(outcomeOf(error(indexes), 1)).toBeUndefined();
      expect(outcomeOf(error(indexes, { name: 'RefusedTopics', topics: new Map() }), 1)).toBeUndefined();
    }
    expect(outcomeOf(error([0], { name: 'RefusedTopics' }), 1)).toBeUndefined();
  });
});
