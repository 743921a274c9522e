import { describe, expect, it } from '@jest/globals';
import { properties } from './properties.js';

describe('a file of properties', () => {
  it.each([
    ['a leading blank', ' x y', '\\ x y'],
    ['a backslash', 'C:\\data', 'C:\\\\data'],
    ['comment characters', '#1!', '\\#1\\!'],
    ['name separators, which are allowed in values', 'a=b:c,d', 'a=b:c,d'],
    ['non-ASCII characters', 'Übung', '\\u00dcbung'],
    ['a surrogate pair', '🍵', '\\ud83c\\udf75'],
    ['a line break', 'a\nb', 'a\\u000ab'],
  ])('can contain %s', (_, value, written) => {
    expect(properties({ 'log.dirs': value })).toBe(`log.dirs=${written}\n`);
  });

  it('can have names with separators', () => {
    expect(properties({ 'a b=c': 'd' })).toBe('a\\ b\\=c=d\n');
  });
});
