import { expect, it } from '@jest/globals';
import { coalesce } from './coalesce.js';

it('loads the keys requested during a load together, each once', async () => {
  const loads: (readonly string[])[] = [];
  let open!: () => void;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const get = coalesce(async (keys) => {
    loads.push(keys);
    await gate;
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  });
  const all = ['a', 'b', 'c', 'b'].map(get);
  open();
  expect(await Promise.all(all)).toEqual(['A', 'B', 'C', 'B']);
  expect(loads).toEqual([['a'], ['b', 'c']]);
});

it('rejects the keys of a failed load, and goes on with the next', async () => {
  let fails = true;
  const get = coalesce(async (keys) => {
    if (fails) throw new Error('away');
    return new Map(keys.map((key) => [key, 1]));
  });
  await expect(get('a')).rejects.toThrow('away');
  fails = false;
  expect(await get('a')).toBe(1);
});
