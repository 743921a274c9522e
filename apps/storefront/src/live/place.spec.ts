import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readPlace, writtenPlace } from './place.js';

describe('the position of a reader', () => {
  it('is parsed as it was sent', () => {
    const place = { life: '0b7c9a1e', seq: 4_711 };
    expect(readPlace(writtenPlace(place))).toEqual(place);
  });

  it.each(['', ' ', '5', ' 5', '0x10', '1e3', '1e9', '-1', '0b7c9a1e-', '0b7c9a1e-1e3', '0B7C9A1E-5', '0b7c9a1e-5 '])(
    'is rejected as %j',
    (text) => expect(readPlace(text)).toBeUndefined(),
  );

  it('has a single text form', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const place = readPlace(text);
        expect(place === undefined || writtenPlace(place) === text || text.includes('-0')).toBe(true);
      }),
    );
  });
});
