import { describe, expect, it } from '@jest/globals';
import type { Tx } from '@quadrille/choreography';
import { recordsOf } from '@quadrille/outbox';
import { fateOf, giveNotice } from './set-aside.js';

/** The payloads that reach the outbox. */
async function noticesOf(value: string) {
  const payloads: string[] = [];
  const tx = {
    async query(_: string, [, , records]: [number, number, string]) {
      payloads.push(...recordsOf(records).map(({ payload }) => payload));
      return { rows: [{ id: '1' }], rowCount: 1 };
    },
  } as unknown as Tx;
  const message = { topic: 'test.tea.v1', partition: 3, offset: '7', key: 'pot-1', headers: {}, value };
  const letter = { step: 'boil', messageId: 'id', key: 'pot-1', code: 'malformed', cause: 'is no JSON', message };
  await giveNotice(tx, 'test', 'kettle', [letter]);
  return payloads;
}

describe('the notice of a dead letter', () => {
  it('holds the original', async () => {
    const [notice] = await noticesOf('{');
    expect(JSON.parse(notice!)).toMatchObject({
      service: 'kettle',
      step: 'boil',
      original: { key: 'pot-1', value: '{' },
    });
  });

  it('names the original alone where both together are more than a topic takes', async () => {
    const [notice] = await noticesOf('"'.repeat(500_000));
    expect(JSON.parse(notice!)).toMatchObject({ cause: 'is no JSON', code: 'malformed' });
    expect(JSON.parse(notice!).original).toEqual({ topic: 'test.tea.v1', partition: 3, offset: '7', tooLarge: true });
  });
});

describe('the fate of a message that the outside world does not answer', () => {
  it('is to be tried again within 8 seconds, however long the outage lasts', () => {
    const pauses = Array.from(
      { length: 200 },
      (_, attempt) => fateOf({ code: 'outside-unavailable' }, attempt + 1).pauseMs!,
    );
    expect(Math.max(...pauses)).toBeLessThanOrEqual(8_000);
  });
});
