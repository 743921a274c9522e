import { describe, expect, it } from '@jest/globals';
import { noticesOf, retryDecisionOf } from './park-or-dead-letter.js';

/** The notice of a dead letter. */
function payloadsOf(value: string): string[] {
  const message = { topic: 'test.tea.v1', partition: 3, offset: '7', key: 'pot-1', headers: {}, value };
  const letter = { step: 'boil', messageId: 'id', key: 'pot-1', code: 'malformed', cause: 'is no JSON', message };
  return noticesOf('test.kettle.dead-letter.v1', 'kettle', [letter]).map(({ payload }) => payload);
}

describe('the notice of a dead letter', () => {
  it('contains the original', async () => {
    const [notice] = payloadsOf('{');
    expect(JSON.parse(notice!)).toMatchObject({
      service: 'kettle',
      step: 'boil',
      original: { key: 'pot-1', value: '{' },
    });
  });

  it('contains only the place of an original that exceeds the size limit with it', async () => {
    const [notice] = payloadsOf('"'.repeat(500_000));
    expect(JSON.parse(notice!)).toMatchObject({ cause: 'is no JSON', code: 'malformed' });
    expect(JSON.parse(notice!).original).toEqual({ topic: 'test.tea.v1', partition: 3, offset: '7', tooLarge: true });
  });
});

describe('a message of an unavailable gateway', () => {
  it('is retried within 8 seconds, for any length of the outage', () => {
    const pauses = Array.from(
      { length: 200 },
      (_, attempt) => retryDecisionOf({ code: 'gateway-unavailable' }, attempt + 1).pauseMs!,
    );
    expect(Math.max(...pauses)).toBeLessThanOrEqual(8_000);
  });
});
