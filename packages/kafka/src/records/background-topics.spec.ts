import { describe, expect, it } from '@jest/globals';
import { BackgroundTopics } from './background-topics.js';

const of = (...topics: string[]) => topics.map((topic) => ({ topic, partitions: [] }));
const fetch = { maxWaitTime: 500, topics: of('paid', 'progress') };

function background(...topics: string[]) {
  let now = 1_000;
  const due = new BackgroundTopics(new Set(topics), 250, () => now);
  return { due, after: (ms: number) => (now += ms) };
}

describe('background topics', () => {
  it('are part of the first fetch, and of one fetch per interval', () => {
    const { due, after } = background('progress');
    expect(due.due(fetch)).toEqual(fetch);
    after(100);
    expect(due.due(fetch)).toEqual({ maxWaitTime: 150, topics: of('paid') });
    after(149.5);
    expect(due.due(fetch)).toEqual({ maxWaitTime: 1, topics: of('paid') });
    after(1);
    expect(due.due(fetch)).toEqual(fetch);
    after(249);
    expect(due.due({ ...fetch, maxWaitTime: 0 })).toEqual({ maxWaitTime: 0, topics: of('paid') });
  });

  it('are part of every fetch that has no others', () => {
    const { due } = background('progress');
    const alone = { maxWaitTime: 500, topics: of('progress') };
    expect([due.due(alone), due.due(alone)]).toEqual([alone, alone]);
  });

  it('change no fetch without them', () => {
    const { due } = background();
    expect([due.due(fetch), due.due(fetch)]).toEqual([fetch, fetch]);
  });
});
