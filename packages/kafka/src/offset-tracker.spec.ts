import { describe, expect, it } from '@jest/globals';
import type { Offsets } from 'kafkajs';
import { OffsetTracker } from './offset-tracker.js';

const collectIn = (sent: Offsets[]) => async (offsets: Offsets) => void sent.push(offsets);

describe('the offsets of a group', () => {
  it('are committed as the last offset plus one', async () => {
    const [tracker, sent] = [new OffsetTracker(), [] as Offsets[]];
    tracker.advance('t', 0, '41');
    tracker.advance('t', 1, '9007199254740993');
    await tracker.commit(collectIn(sent));
    const partitions = [
      { partition: 0, offset: '42' },
      { partition: 1, offset: '9007199254740994' },
    ];
    expect(sent).toEqual([{ topics: [{ topic: 't', partitions }] }]);
  });

  it('are not committed twice', async () => {
    const [tracker, sent] = [new OffsetTracker(), [] as Offsets[]];
    tracker.advance('t', 0, '1');
    await tracker.commit(collectIn(sent));
    await tracker.commit(collectIn(sent));
    expect(sent).toHaveLength(1);
  });

  it('are retained when the commit fails', async () => {
    const [tracker, sent] = [new OffsetTracker(), [] as Offsets[]];
    tracker.advance('t', 0, '1');
    await expect(tracker.commit(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await tracker.commit(collectIn(sent));
    expect(sent).toHaveLength(1);
  });

  it('that move while a commit is under way are committed next', async () => {
    const [tracker, sent] = [new OffsetTracker(), [] as Offsets[]];
    tracker.advance('t', 0, '1');
    await tracker.commit(async () => tracker.advance('t', 0, '2'));
    await tracker.commit(collectIn(sent));
    expect(sent).toEqual([{ topics: [{ topic: 't', partitions: [{ partition: 0, offset: '3' }] }] }]);
  });
});
