import { describe, expect, it } from '@jest/globals';
import { Interned } from './interned.js';

describe('values as numbers', () => {
  it('gives equal values one number', () => {
    const all = new Interned<unknown>();
    expect([{ a: [1] }, { a: [2] }, { a: [1] }].map((each) => all.idOf(each))).toEqual([0, 1, 0]);
  });

  it('prevents changes in place', () => {
    const all = new Interned<{ items: string[] }>();
    const value = all.valueOf(all.idOf({ items: ['rye'] }));
    expect(() => value.items.push('wheat')).toThrow(TypeError);
  });

  it.each([new Map(), new Set(), () => 1])('rejects values that JSON cannot distinguish: %p', (odd) => {
    expect(() => new Interned<unknown>().idOf({ odd })).toThrow(/cannot be distinguished from another one/);
  });
});
