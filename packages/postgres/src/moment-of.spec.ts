import { describe, expect, it } from '@jest/globals';
import { momentOf } from './moment-of.js';

describe('a moment of the database', () => {
  it.each([
    ['an ordinary one', new Date('2026-02-03T04:05:06.789Z'), '2026-02-03T04:05:06.789Z'],
    ['infinity', Number.POSITIVE_INFINITY, '9999-12-31T23:59:59.999Z'],
    ['minus infinity', Number.NEGATIVE_INFINITY, '0001-01-01T00:00:00.000Z'],
    ['one before our era', new Date('-000044-03-15T00:00:00.000Z'), '0001-01-01T00:00:00.000Z'],
    ['an invalid Date', new Date(Number.NaN), '9999-12-31T23:59:59.999Z'],
  ])('is formatted for %s', (_, value, text) => expect(momentOf(value)).toBe(text));
});
