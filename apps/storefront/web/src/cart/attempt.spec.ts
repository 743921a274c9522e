import { describe, expect, it } from '@jest/globals';
import { attemptFor, randomKey } from './attempt.js';

const order = { items: [{ sku: 'TEAPOT', quantity: 1 }] };
const never = () => {
  throw new Error('A new key was requested.');
};

describe('an attempt to order', () => {
  it('reuses its key for the same order', () => {
    const first = attemptFor(order, null, () => 'one');
    expect(attemptFor(structuredClone(order), first, never)).toBe(first);
  });
  it('has another key for another order', () => {
    const first = attemptFor(order, null, () => 'one');
    expect(attemptFor({ items: [{ sku: 'TEAPOT', quantity: 2 }] }, first, () => 'two').key).toBe('two');
  });
  it('has a random key', () => {
    expect(randomKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(randomKey()).not.toBe(randomKey());
  });
});
