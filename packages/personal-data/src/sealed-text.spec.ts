import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sealedOr } from '@quadrille/choreography';
import fc from 'fast-check';
import { z } from 'zod';
import { MasterKey, WrongSecret } from './master-key.js';
import { openText, sealText } from './sealed-text.js';

const [key, other] = [randomBytes(32), randomBytes(32)];

describe('a sealed text', () => {
  it('is opened by its key, for any text, and fits the schema of a personal field', () => {
    const Field = sealedOr(z.string().max(0));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const sealed = sealText(key, text);
        expect(Field.parse(sealed)).toBe(sealed);
        expect(openText(key, sealed)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('differs each time, so that equal names cannot be matched', () => {
    expect(sealText(key, 'Ada')).not.toBe(sealText(key, 'Ada'));
  });

  it('is not opened by another key, nor when any character of it was changed', () => {
    const sealed = sealText(key, 'Ada Lovelace');
    expect(openText(other, sealed)).toBeUndefined();
    const body = sealed.lastIndexOf(':') + 1;
    for (let at = body; at < sealed.length; at++) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      // The last character may hold bits that no byte needs.
      if (openText(key, changed) !== undefined) expect(at).toBe(sealed.length - 1);
    }
    for (const short of ['sealed:v1:', 'sealed:v1:AAAA']) expect(openText(key, short)).toBeUndefined();
  });
});

describe('the master key', () => {
  const master = new MasterKey('a secret of at least 32 characters');

  it('unwraps its keys, each for its own subject', () => {
    const wrapped = master.wrap('ada', key);
    expect(master.unwrap('ada', wrapped)).toEqual(key);
    expect(() => master.unwrap('ben', wrapped)).toThrow(WrongSecret);
  });

  it('reports a key that was wrapped with another secret in one sentence', () => {
    const elsewhere = new MasterKey('another secret of at least 32 chars');
    expect(() => elsewhere.unwrap('ada', master.wrap('ada', key))).toThrow('Set PERSONAL_DATA_KEY to that secret.');
  });
});
