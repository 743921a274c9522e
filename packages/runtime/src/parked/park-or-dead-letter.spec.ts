import { describe, expect, it } from '@jest/globals';
import { noticesOf, retryDecisionOf } from './park-or-dead-letter.js';

/** What is said of a dead letter. */
function payloadsOf(value: string): string[] {
  const message = { topic: 'test.tea.v1', partition: 3, offset: '7', key: 'pot-1', headers: {}, value };
  const letter = { step: 'boil', messageId: 'id', key: 'pot-1', code: 'malformed', cause: 'is no JSON', message };
  return noticesOf('test', 'kettle', [letter]).map(({ payload }) => payload);
}

describe('the notice of a dead letter', () => {
  it('holds the original', async () => {
    const [notice] = payloadsOf('{');
    expect(JSON.parse(notice!)).toMatchObject({
      service: 'kettle',
      step: 'boil',
      original: { key: 'pot-1', value: '{' },
    });
  });

  it('names the original alone where both together are more than a topic takes', async () => {
    const [notice] = payloadsOf('"'.repeat(500_000));
    expect(JSON.parse(notice!)).toMatchObject({ cause: 'is no JSON', code: 'malformed' });
    expect(JSON.parse(notice!).original).toEqual({ topic: 'test.tea.v1', partition: 3, offset: '7', tooLarge: true });
  });
});

describe('the fate of a message that the outside world does not answer', () => {
  it('is to be tried again within 8 seconds, however long the outage lasts', () => {
    const pauses = Array.from(
      { length: 200 },
      (_, attempt) => retryDecisionOf({ code: 'outside-unavailable' }, attempt + 1).pauseMs!,
    );
    expect(Math.max(...pauses)).toBeLessThanOrEqual(8_000);
  });
});
