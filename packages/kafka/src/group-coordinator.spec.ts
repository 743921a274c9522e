import { describe, expect, it } from '@jest/globals';
import type { Offsets } from 'kafkajs';
import { OffsetCommitter, OffsetTracker } from './group-coordinator.js';
import { DEFAULT_LIMITS } from './limits.js';
import { silent } from './log.js';

const NEVER_BY_ITSELF = { ...DEFAULT_LIMITS, commitIntervalMs: 1_000_000 };

function committing(settle: () => Promise<void>) {
  const sent: Offsets[] = [];
  const committer = new OffsetCommitter(NEVER_BY_ITSELF, settle, silent);
  committer.through(async (offsets) => void sent.push(offsets));
  return { commits: committer, sent };
}

const offsetsOf = (sent: readonly Offsets[]) =>
  sent.map(({ topics }) => topics.flatMap(({ partitions }) => partitions.map(({ offset }) => offset)));

describe('offsets are committed', () => {
  it('after the deferred work of their records, without those of records that arrive during it', async () => {
    let duringCommit = () => {};
    const { commits: committer, sent } = committing(async () => duringCommit());
    committer.advance('tea', 0, '4');
    duringCommit = () => committer.advance('tea', 0, '5');
    await committer.now();
    expect(offsetsOf(sent)).toEqual([['5']]);
    duringCommit = () => {};
    await committer.now();
    committer.stop();
    expect(offsetsOf(sent)).toEqual([['5'], ['6']]);
  });

  it('not while that fails, and then with the next commit', async () => {
    let away = true;
    const { commits: committer, sent } = committing(async () => {
      if (away) throw new Error('The database is away.');
    });
    committer.advance('tea', 0, '4');
    await committer.now();
    expect(sent).toEqual([]);
    away = false;
    await committer.now();
    committer.stop();
    expect(offsetsOf(sent)).toEqual([['5']]);
  });
});

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
