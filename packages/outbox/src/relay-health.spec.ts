import { describe, expect, it } from '@jest/globals';
import { RelayState } from './relay-health.js';

const STALLED_AFTER_MS = 60_000;
const NO_SHARDS: readonly number[] = [];

function relay() {
  const clock = { now: 1_000_000 };
  const limits = { stalledAfterMs: STALLED_AFTER_MS, sendTimeoutMs: 60_000 };
  const state = new RelayState(limits, () => clock.now);
  const later = (ms: number) => {
    clock.now += ms;
    state.turns();
  };
  const health = (blocked: Parameters<RelayState['health']>[0] = []) => state.health(blocked, true);
  return { clock, state, later, health };
}

describe('a relay', () => {
  it('is healthy while no record waits, for any time since the last send', () => {
    const { state, later, health } = relay();
    later(10 * STALLED_AFTER_MS);
    state.surveyed(16, undefined, NO_SHARDS);
    expect(health()).toMatchObject({ ok: true, oldestWaitingMs: null });
  });

  it('is healthy while old records wait and others are acknowledged', () => {
    const { state, later, health } = relay();
    later(2 * STALLED_AFTER_MS);
    state.surveyed(16, 2 * STALLED_AFTER_MS, NO_SHARDS);
    state.acknowledged();
    expect(health()).toMatchObject({ ok: true, oldestWaitingMs: 2 * STALLED_AFTER_MS });
  });

  it('is unhealthy once records wait for long and none is acknowledged, with the cause', () => {
    const { state, later, health } = relay();
    later(STALLED_AFTER_MS);
    state.failed('The broker is unavailable.');
    state.surveyed(16, STALLED_AFTER_MS, NO_SHARDS);
    expect(health().ok).toBe(true);
    later(1_000);
    expect(health()).toMatchObject({
      ok: false,
      cause: 'Records wait, and none was acknowledged for 61 s: The broker is unavailable.',
    });
    state.paused = true;
    expect(health()).toMatchObject({ ok: true, paused: true });
  });

  it('that holds no shards has nothing to send', () => {
    const { state, later, health } = relay();
    later(2 * STALLED_AFTER_MS);
    state.surveyed(0, 2 * STALLED_AFTER_MS, NO_SHARDS);
    expect(health().ok).toBe(true);
  });

  it('is unhealthy after a long time without access to its table', () => {
    const { state, later, health } = relay();
    state.surveyed(16, undefined, NO_SHARDS);
    state.databaseFailures = 3;
    state.failed('connect ECONNREFUSED');
    later(STALLED_AFTER_MS);
    expect(health().ok).toBe(true);
    later(1);
    expect(health().cause).toBe('The outbox has not been reached for 60 s: connect ECONNREFUSED');
    state.surveyed(16, undefined, NO_SHARDS);
    expect(health().ok).toBe(true);
  });

  it('is unhealthy after a topic was blocked for long', () => {
    const { health } = relay();
    const blocked = (agoMs: number) => [
      { topic: 'a.v1', cause: 'This server does not host it.', since: new Date(Date.now() - agoMs) },
    ];
    expect(health(blocked(1_000))).toMatchObject({ ok: true, blockedTopics: [{ topic: 'a.v1' }] });
    expect(health(blocked(2 * STALLED_AFTER_MS)).cause).toBe('Topic a.v1 is blocked: This server does not host it.');
  });

  it('hangs when its loop made no turn within the send timeout and a margin', () => {
    const { clock, health } = relay();
    clock.now += 120_000;
    expect(health()).toMatchObject({ ok: true, hangs: false });
    clock.now += 1;
    expect(health()).toMatchObject({ ok: false, hangs: true, cause: 'The relay loop has made no turn for 120 s.' });
  });

  it('reports unheld shards once, and again when there are more', () => {
    const { state, later, health } = relay();
    expect(state.surveyed(8, undefined, [1])).toEqual([]);
    later(STALLED_AFTER_MS + 1);
    expect(state.surveyed(8, undefined, [1, 2])).toEqual([1]);
    expect(state.surveyed(8, undefined, [1, 2])).toEqual([]);
    expect(health().unheldShards).toEqual([1]);
    expect(state.surveyed(8, undefined, [])).toEqual([]);
    expect(health().unheldShards).toEqual([]);
  });
});
