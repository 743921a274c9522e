import { describe, expect, it } from '@jest/globals';
import { RelayWatch } from './relay-watch.js';

describe('a watched relay', () => {
  it('ends the process only when its loop hangs, and not when it is unhealthy', () => {
    const seen: string[] = [];
    let health: { hangs: boolean; cause?: string } = { hangs: false };
    const watch = new RelayWatch({
      relay: { health: () => health },
      everyMs: 1_000,
      onFatal: ({ message }) => void seen.push(message),
      log: { error: () => {} },
    });
    watch.look();
    health = { hangs: false, cause: 'Records wait.' };
    watch.look();
    expect(seen).toEqual([]);
    health = { hangs: true, cause: 'The relay loop has made no turn for 121 s.' };
    watch.look();
    expect(seen).toEqual(['The relay hangs. The relay loop has made no turn for 121 s.']);
  });
});
