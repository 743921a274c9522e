import { describe, expect, it } from '@jest/globals';
import { properties } from './properties.js';

describe('a file of properties', () => {
  it.each([
    ['a blank at its beginning', ' x y', '\\ x y'],
    ['a backslash', 'C:\\data', 'C:\\\\data'],
    ['what begins comments', '#1!', '\\#1\\!'],
    ['what ends names, which may stand in values', 'a=b:c,d', 'a=b:c,d'],
    ['letters outside ASCII', 'Übung', '\\u00dcbung'],
    ['what UTF-16 needs two units for', '🍵', '\\ud83c\\udf75'],
    ['a line end', 'a\nb', 'a\\u000ab'],
  ])('can hold %s', (_, value, written) => {
    expect(properties({ 'log.dirs': value })).toBe(`log.dirs=${written}\n`);
  });

  it('can have names with what ends them', () => {
    expect(properties({ 'a b=c': 'd' })).toBe('a\\ b\\=c=d\n');
  });
});
