import { describe, expect, it } from '@jest/globals';
import { attemptFor, randomKey } from './attempt.js';

const order = { items: [{ sku: 'TEAPOT', quantity: 1 }] };
const never = () => {
  throw new Error('A new key was asked for.');
};

describe('an attempt to order', () => {
  it('keeps its key while the same is ordered', () => {
    const first = attemptFor(order, null, () => 'one');
    expect(attemptFor(structuredClone(order), first, never)).toBe(first);
  });
  it('has another key when something else is ordered', () => {
    const first = attemptFor(order, null, () => 'one');
    expect(attemptFor({ items: [{ sku: 'TEAPOT', quantity: 2 }] }, first, () => 'two').key).toBe('two');
  });
  it('has a key that nobody guesses', () => {
    expect(randomKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(randomKey()).not.toBe(randomKey());
  });
});
