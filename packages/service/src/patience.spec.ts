import { describe, expect, it } from '@jest/globals';
import type { Input } from './input.js';
import { Patience } from './patience.js';

const rows = {
  pour: { by: 'kettle', hears: [], says: [] },
  rinse: { by: 'kettle', hears: [], says: [], role: 'afterwards' },
} as const;
const input = (from: string, name: string) => ({ from, step: { name } }) as unknown as Input;
const [pour, rinse, extension] = [input('event', 'pour'), input('event', 'rinse'), input('extension', 'pour')];

/** Whether the inputs waited at all. */
async function waited(patience: Patience, inputs: readonly Input[]): Promise<boolean> {
  let over = false;
  const waiting = patience.wait(inputs).then(() => {
    over = true;
  });
  await Promise.resolve().then(() => {});
  const still = !over;
  await waiting;
  return still;
}

describe('patience', () => {
  const patience = new Patience(rows, 5, 3);

  it('lets wait what no saga waits for', async () => {
    expect(await waited(patience, [rinse])).toBe(true);
    expect(await waited(patience, [extension, rinse])).toBe(true);
  });

  it('is none where a saga waits for one of them, or somebody for an answer', async () => {
    expect(await waited(patience, [extension, pour])).toBe(false);
    expect(await waited(patience, [input('command', 'rinse')])).toBe(false);
    expect(await waited(patience, [input('unreadable', '*')])).toBe(false);
  });

  it('is none with enough company', async () => {
    expect(await waited(patience, [rinse, rinse, extension])).toBe(false);
  });

  it('can be switched off', async () => {
    expect(await waited(new Patience(rows, 0, 3), [rinse])).toBe(false);
  });
});
