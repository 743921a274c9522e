import { describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { compiled, event, upcast } from './event.js';

const loaf = () => z.object({ name: z.string().trim().min(1), slices: z.int().optional() });

describe('a compiled schema', () => {
  it('accepts valid data itself, and leaves errors to the original schema', () => {
    const schema = loaf();
    const plain = jest.spyOn(schema, 'safeParse');
    expect(compiled(schema).safeParse({ name: ' rye ', oven: 2 })).toEqual({ success: true, data: { name: 'rye' } });
    expect(plain).not.toHaveBeenCalled();
    expect(compiled(schema).safeParse({ name: ' ' }).error?.issues).toMatchObject([
      { path: ['name'], code: 'too_small' },
    ]);
    expect(plain).toHaveBeenCalledTimes(1);
  });

  it('is used by upcast, compiled once', () => {
    const schema = loaf();
    const plain = jest.spyOn(schema, 'safeParse');
    const Baked = event('Baked', { service: 'oven', wireName: 'test.baked', version: 1, key: 'name', schema });
    expect(upcast(Baked, 1, { name: ' rye ', slices: 9 })).toEqual({ name: 'rye', slices: 9 });
    expect(plain).not.toHaveBeenCalled();
    expect(() => upcast(Baked, 1, { name: '' })).toThrow('Baked: name');
    expect(compiled(schema)).toBe(compiled(schema));
  });

  it('is the original schema when that cannot be compiled', () => {
    const patient = loaf().refine(async () => true);
    expect(compiled(patient)).toBe(patient);
  });
});
