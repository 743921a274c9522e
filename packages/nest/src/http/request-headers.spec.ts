import { describe, expect, it } from '@jest/globals';
import { idempotencyKeyOf, traceparentOf } from './request-headers.js';

describe('Idempotency-Key', () => {
  it('is optional', () => {
    expect(idempotencyKeyOf({})).toBeUndefined();
  });

  it.each(['a', 'x'.repeat(255), '"8e03978e-40d5"'])('may be %s', (key) => {
    expect(idempotencyKeyOf({ 'idempotency-key': key })).toBe(key);
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(256)],
    ['with a blank', 'a b'],
    ['with an umlaut', 'schlüssel'],
  ])('is refused when %s', (_, key) => {
    expect(() => idempotencyKeyOf({ 'idempotency-key': key })).toThrow('1 to 255 visible ASCII characters');
  });
});

describe('traceparent', () => {
  const valid = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  it('is handed on when it is valid', () => {
    expect(traceparentOf({ traceparent: valid })).toBe(valid);
  });

  it.each([
    'nonsense',
    valid.toUpperCase(),
    `ff${valid.slice(2)}`,
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  ])('counts as none when it is not: %s', (traceparent) => {
    expect(traceparentOf({ traceparent })).toBeUndefined();
  });
});
