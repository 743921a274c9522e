import { describe, expect, it } from '@jest/globals';
import { onceItAnswers } from './once-it-answers.js';

const starting = Object.assign(new Error('the database system is starting up'), { code: '57P03' });
const slow = new Error('Connection terminated due to connection timeout', { cause: new Error('terminated') });
const locked = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Work that fails with these errors, and then succeeds. */
const failing = (...errors: Error[]) => {
  let attempts = 0;
  const work = async () => {
    const error = errors[attempts++];
    if (error) throw error;
    return 'open';
  };
  return { work, attempts: () => attempts };
};

describe('a database at boot', () => {
  it('gets another attempt while it starts or is too busy to answer', async () => {
    const { work, attempts } = failing(starting, slow);
    expect(await onceItAnswers(work)).toBe('open');
    expect(attempts()).toBe(3);
  });

  it.each([refused, locked])('gets one attempt if it answers, or nothing listens: $message', async (error) => {
    const { work, attempts } = failing(error);
    await expect(onceItAnswers(work)).rejects.toBe(error);
    expect(attempts()).toBe(1);
  });

  it('gets no attempt after the limit', async () => {
    const { work } = failing(...Array.from({ length: 10 }, () => slow));
    await expect(onceItAnswers(work, 0)).rejects.toBe(slow);
  });
});
