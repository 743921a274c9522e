import { describe, expect, it } from '@jest/globals';
import type { Offsets } from 'kafkajs';
import { Commits } from './commits.js';
import { DEFAULT_LIMITS } from './limits.js';
import { silent } from './log.js';

const NEVER_BY_ITSELF = { ...DEFAULT_LIMITS, commitIntervalMs: 1_000_000 };

function committing(settle: () => Promise<void>) {
  const sent: Offsets[] = [];
  const commits = new Commits(NEVER_BY_ITSELF, settle, silent);
  commits.through(async (offsets) => void sent.push(offsets));
  return { commits, sent };
}

const offsetsOf = (sent: readonly Offsets[]) =>
  sent.map(({ topics }) => topics.flatMap(({ partitions }) => partitions.map(({ offset }) => offset)));

describe('offsets are committed', () => {
  it('after what their records have left to do, without those that were heard meanwhile', async () => {
    let heardMeanwhile = () => {};
    const { commits, sent } = committing(async () => heardMeanwhile());
    commits.advance('tea', 0, '4');
    heardMeanwhile = () => commits.advance('tea', 0, '5');
    await commits.now();
    expect(offsetsOf(sent)).toEqual([['5']]);
    heardMeanwhile = () => {};
    await commits.now();
    commits.stop();
    expect(offsetsOf(sent)).toEqual([['5'], ['6']]);
  });

  it('not while that fails, and then with the next', async () => {
    let away = true;
    const { commits, sent } = committing(async () => {
      if (away) throw new Error('The database is away.');
    });
    commits.advance('tea', 0, '4');
    await commits.now();
    expect(sent).toEqual([]);
    away = false;
    await commits.now();
    commits.stop();
    expect(offsetsOf(sent)).toEqual([['5']]);
  });
});
