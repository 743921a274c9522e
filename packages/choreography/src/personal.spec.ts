import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  ERASED,
  hasErased,
  mapTexts,
  personal,
  personalFieldsOf,
  SEALED_PREFIX,
  sealedOr,
  withoutKeys,
} from './personal.js';

const sealed = `${SEALED_PREFIX}${'A'.repeat(60)}`;

describe('a personal field', () => {
  const Name = sealedOr(z.string().trim().min(1).max(5));

  it('of an event is plain or sealed', () => {
    expect(Name.parse(' Ada ')).toBe('Ada');
    expect(Name.parse(sealed)).toBe(sealed);
    for (const wrong of ['', 'Adelaide', `${SEALED_PREFIX}short`, `${SEALED_PREFIX}${'?'.repeat(60)}`, 7]) {
      expect(Name.safeParse(wrong).success).toBe(false);
    }
  });

  it('of a command is plain', () => {
    expect(personal(z.string().max(5)).safeParse(sealed).success).toBe(false);
  });

  it('is found at any depth, in events and commands', () => {
    const Address = z.object({ name: Name, line2: Name.optional(), country: z.string() });
    const schema = z
      .object({
        id: z.string(),
        address: Address,
        guests: z.array(z.object({ mail: personal(z.string()).nullable() })),
        note: personal(z.string().default('none').pipe(z.string())),
      })
      .refine(() => true);
    expect(personalFieldsOf(schema).map((path) => path.join('.'))).toEqual([
      'address.name',
      'address.line2',
      'guests.*.mail',
      'note',
    ]);
    expect(personalFieldsOf(Address.extend({ name: personal(z.string()) }))).toEqual([['name'], ['line2']]);
    expect(personalFieldsOf(z.object({ id: z.string() }))).toEqual([]);
  });

  it('is marked in JSON schemas', () => {
    expect(JSON.stringify(z.toJSONSchema(z.object({ name: Name })))).toContain('"x-personal":true');
  });
});

describe('an opened value', () => {
  it('has no sealed text without keys, and plain ones as they are', async () => {
    const at = new Date();
    const value = { name: sealed, lines: ['1 High Street', sealed], country: 'GB', pieces: 2, at, none: null };
    const opened = await withoutKeys.open('ada', value);
    expect(opened).toEqual({ ...value, name: ERASED, lines: ['1 High Street', ERASED] });
    expect([opened, opened.lines, { country: 'GB', none: null }, 'text'].map(hasErased)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(JSON.stringify(ERASED)).toBe('{"erased":true}');
  });

  it('has its field with the name of a prototype', () => {
    expect(mapTexts(JSON.parse('{"__proto__":"x"}'), (text) => `${text}y`)).toEqual(JSON.parse('{"__proto__":"xy"}'));
  });
});
