import { describe, expect, it } from '@jest/globals';
import { unsendableAmong } from './unsendable.js';

const error = (indexes: unknown, cause?: Error) =>
  Object.assign(new Error('Some can never be sent.', { cause }), { name: 'UnsendableRecords', indexes });

describe('an error of a transport', () => {
  it('names the rows that never can be sent, and why', () => {
    expect(unsendableAmong(['a', 'b', 'c'], error([0, 2], new Error('Too large.')))).toEqual({
      dead: ['a', 'c'],
      cause: 'Some can never be sent. Too large.',
    });
  });

  it('is weather when it has another name or its indexes make no sense', () => {
    expect(unsendableAmong(['a'], new Error('no leader'))).toBeUndefined();
    for (const indexes of [undefined, [], [1], [-1], ['0.5']]) {
      expect(unsendableAmong(['a'], error(indexes))).toBeUndefined();
    }
  });
});
