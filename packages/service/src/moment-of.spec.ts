import { describe, expect, it } from '@jest/globals';
import { momentOf } from './moment-of.js';

describe('a moment of the database', () => {
  it.each([
    ['an ordinary one', new Date('2026-02-03T04:05:06.789Z'), '2026-02-03T04:05:06.789Z'],
    ['infinity', Number.POSITIVE_INFINITY, '+275760-09-13T00:00:00.000Z'],
    ['minus infinity', Number.NEGATIVE_INFINITY, '-271821-04-20T00:00:00.000Z'],
    ['one after all that JavaScript knows', new Date(Number.NaN), '+275760-09-13T00:00:00.000Z'],
  ])('can be told when it is %s', (_, value, told) => expect(momentOf(value)).toBe(told));
});
