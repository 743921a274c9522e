import { describe, expect, it } from '@jest/globals';
import { answered } from './topics.js';

/** The behaviour of kafkajs if no broker has answered. */
const destructureNothing = () =>
  Promise.reject(new TypeError("Cannot destructure property 'topicMetadata' of 'null'."));

describe('a question to the brokers', () => {
  it('is repeated while none of them has answered', async () => {
    const answers = [destructureNothing, destructureNothing, () => Promise.resolve(['a topic'])];
    expect(await answered(() => answers.shift()!())).toEqual(['a topic']);
  });

  it('fails in the end, and at once for any other reason', async () => {
    await expect(answered(destructureNothing, 0)).rejects.toThrow(TypeError);
    const answers = [() => Promise.reject(new Error('refused')), () => Promise.resolve([])];
    await expect(answered(() => answers.shift()!())).rejects.toThrow('refused');
    expect(answers).toHaveLength(1);
  });
});
