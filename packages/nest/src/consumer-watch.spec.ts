import { describe, expect, it } from '@jest/globals';
import { ConsumerWatch } from './consumer-watch.js';

const STALLED_AFTER_MS = 10_000;

function watched() {
  const seen = { restarts: 0, fatal: [] as string[], live: true };
  const watch = new ConsumerWatch({
    consumer: {
      close: async () => {},
      listen: (callback) => {
        seen.restarts++;
        callback();
      },
    },
    isLive: async () => seen.live,
    stalledAfterMs: STALLED_AFTER_MS,
    onFatal: (error) => void seen.fatal.push(error.message),
    log: { error: () => {} },
  });
  return { watch, seen };
}

describe('a watched consumer', () => {
  it('is not restarted while it is live', async () => {
    const { watch, seen } = watched();
    await watch.look(0);
    expect(seen.restarts).toBe(0);
  });

  it('is restarted when it is stalled, and has time to recover', async () => {
    const { watch, seen } = watched();
    seen.live = false;
    await watch.look(0);
    await watch.look(STALLED_AFTER_MS - 1);
    expect(seen).toMatchObject({ restarts: 1, fatal: [] });
  });

  it('ends the process when it is stalled again', async () => {
    const { watch, seen } = watched();
    seen.live = false;
    await watch.look(0);
    await watch.look(STALLED_AFTER_MS);
    expect(seen).toMatchObject({ restarts: 1, fatal: ['The consumer is stalled, and restarting it did not help.'] });
  });

  it('may be restarted another time after it has lived for a while', async () => {
    const { watch, seen } = watched();
    seen.live = false;
    await watch.look(0);
    seen.live = true;
    await watch.look(4 * STALLED_AFTER_MS);
    seen.live = false;
    await watch.look(5 * STALLED_AFTER_MS);
    expect(seen).toMatchObject({ restarts: 2, fatal: [] });
  });
});
