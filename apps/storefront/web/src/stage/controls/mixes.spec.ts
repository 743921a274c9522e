import { describe, expect, it } from '@jest/globals';
import { MIXES, nameOf } from './mixes.js';

const usual = { 'on account': 48, 'by card': 14, 'sold out': 5, 'deadline passes': 2 };
const kinds = Object.keys(usual);
const mix = (name: string) => MIXES.find((each) => each.name === name)!.of(kinds, usual);

describe('a mix of orders', () => {
  it('uses the default shares of its kinds', () => {
    expect(mix('All go well')).toEqual({ 'on account': 48, 'by card': 14, 'sold out': 0, 'deadline passes': 0 });
    expect(mix('Only trouble')).toEqual({ 'on account': 0, 'by card': 0, 'sold out': 5, 'deadline passes': 0 });
  });

  it('is recognised by its shares, also after a reload of the page', () => {
    for (const { name } of MIXES) expect(nameOf(mix(name), kinds, usual)).toBe(name);
    expect(nameOf({ ...usual, 'sold out': 99 }, kinds, usual)).toBeUndefined();
  });
});
