import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sealedOr } from '@quadrille/choreography';
import fc from 'fast-check';
import { z } from 'zod';
import { openText, sealText } from './keyed-personal-data.js';
import { MasterKeys, WrongSecret } from './master-key.js';

/** Twelve bytes are sixteen characters. */
const NONCE_END = 'sealed:v1:'.length + 16;
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

  it('has a nonce of its own, also after thousands of texts', () => {
    const texts = 5_000;
    const nonces = Array.from({ length: texts }, () => sealText(key, '').slice('sealed:v1:'.length, NONCE_END));
    expect(new Set(nonces).size).toBe(texts);
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

describe('the master keys', () => {
  const [newer, older] = ['a secret of at least 32 characters', 'an older secret of 32 characters'];
  const master = new MasterKeys([newer, older]);
  const stored = (by: MasterKeys) => ({ key: by.wrap('ada', key), wrappedBy: by.id });

  it('unwrap their keys, each for its own subject', () => {
    expect(master.unwrap('ada', stored(master))).toEqual(key);
    expect(() => master.unwrap('ben', stored(master))).toThrow(WrongSecret);
  });

  it('wrap with the first secret, and unwrap with all, also keys without the id of their secret', () => {
    const before = new MasterKeys([older]);
    expect(master.unwrap('ada', stored(before))).toEqual(key);
    expect(master.unwrap('ada', { ...stored(before), wrappedBy: null })).toEqual(key);
    expect(master.id).toBe(new MasterKeys([newer]).id);
    expect(() => before.unwrap('ada', stored(master))).toThrow(WrongSecret);
  });

  it('report a key that was wrapped with another secret in one sentence, with the id of that secret', () => {
    const elsewhere = new MasterKeys(['another secret of at least 32 chars']);
    expect(() => elsewhere.unwrap('ada', stored(master))).toThrow(
      `The keys of personal data were wrapped with another secret (id ${master.id}). Set PERSONAL_DATA_KEY to that secret, or add it to PERSONAL_DATA_OLD_KEYS.`,
    );
  });
});
