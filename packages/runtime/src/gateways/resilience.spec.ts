import { describe, expect, it, jest } from '@jest/globals';
import { answerText, GatewayUnavailable, type ResilienceLimits, resilient } from './resilience.js';

const limits: ResilienceLimits = {
  name: 'the bank',
  timeoutMs: 50,
  concurrent: 2,
  queued: 1,
  retries: 0,
  firstPauseMs: 1,
  breakAfterFailures: 2,
  halfOpenAfterMs: 30,
};

const down = async (): Promise<never> => {
  throw new Error('connection refused');
};

/** A call that lasts until it is released. */
function held() {
  let letGo = () => {};
  const until = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { call: async () => until, letGo };
}

describe('a resilience policy', () => {
  it('returns the answer', async () => {
    await expect(resilient(limits).call(async () => 'yes')).resolves.toBe('yes');
  });

  it('retries a failed attempt, and returns the first success', async () => {
    let attempts = 0;
    const answer = resilient({ ...limits, retries: 3, breakAfterFailures: 10 }).call(async () => {
      attempts++;
      if (attempts < 3) throw new Error('connection reset');
      return attempts;
    });
    await expect(answer).resolves.toBe(3);
  });

  it('aborts an attempt after its timeout', async () => {
    let logged = false;
    const call = resilient(limits).call(
      (signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            logged = true;
          });
        }),
    );
    await expect(call).rejects.toThrow('the bank: no answer within 50 ms');
    expect(logged).toBe(true);
  });

  it('rejects a call at once when the queue is full', async () => {
    const guard = resilient({ ...limits, timeoutMs: 5_000 });
    const calls = Array.from({ length: 3 }, held);
    const running = calls.map(({ call }) => guard.call(call));
    expect(guard.state()).toEqual({ circuit: 'closed', running: 2, waiting: 1 });
    await expect(guard.call(async () => 'fourth')).rejects.toThrow('the bank: not called: 1 calls are queued already');
    for (const { letGo } of calls) letGo();
    await Promise.all(running);
    expect(guard.state()).toEqual({ circuit: 'closed', running: 0, waiting: 0 });
  });

  it('makes no calls after too many failures, and probes with one call after a pause', async () => {
    // Long enough for the next call to come while the circuit is open, also on a busy machine.
    const halfOpenAfterMs = 1_000;
    const guard = resilient({ ...limits, halfOpenAfterMs });
    await expect(guard.call(down)).rejects.toThrow(GatewayUnavailable);
    await expect(guard.call(down)).rejects.toThrow('the bank: connection refused');
    expect(guard.state().circuit).toBe('open');
    let called = false;
    const early = guard.call(async () => {
      called = true;
    });
    await expect(early).rejects.toThrow('the bank: not called: the circuit is open after too many failures');
    expect(called).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, halfOpenAfterMs + 5));
    await expect(guard.call(async () => 'back')).resolves.toBe('back');
    expect(guard.state().circuit).toBe('closed');
  });

  it('adds no two listeners to one signal, also when many calls wait for the probe', async () => {
    const guard = resilient({ ...limits, concurrent: 20 });
    await Promise.allSettled([guard.call(down), guard.call(down)]);
    await new Promise((resolve) => setTimeout(resolve, limits.halfOpenAfterMs + 5));
    const listen = jest.spyOn(AbortSignal.prototype, 'addEventListener');
    try {
      await Promise.all(Array.from({ length: 12 }, () => guard.call(async () => 'back')));
      expect(new Set(listen.mock.contexts).size).toBe(12);
      expect(listen).toHaveBeenCalledTimes(12);
    } finally {
      listen.mockRestore();
    }
  });

  it('rethrows a permanent error at once, and does not open the circuit for it', async () => {
    const guard = resilient({ ...limits, retries: 5, isTransient: (error) => !error.message.startsWith('400') });
    let attempts = 0;
    const bad = () =>
      guard.call(async () => {
        attempts++;
        throw new Error('400 bad request');
      });
    for (let n = 0; n < 3; n++) await expect(bad()).rejects.toThrow(/^400 bad request$/);
    expect(attempts).toBe(3);
    expect(guard.state().circuit).toBe('closed');
  });
});

describe('the text of a gateway answer', () => {
  it('is whole, also if a character is split between two chunks', async () => {
    const bytes = new TextEncoder().encode('{"reason":"größer"}');
    const pieces = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(await answerText(new Response(ReadableStream.from(pieces)))).toBe('{"reason":"größer"}');
  });

  it('is empty without a body', async () => {
    expect(await answerText(new Response(null, { status: 204 }))).toBe('');
  });

  it('is cut after 64 KiB, and the rest is not read', async () => {
    let reads = 0;
    const endless = new ReadableStream({
      pull(controller) {
        reads++;
        controller.enqueue(new Uint8Array(10_000).fill(97));
      },
    });
    expect(await answerText(new Response(endless))).toBe('a'.repeat(65_536));
    expect(reads).toBeLessThan(10);
  });
});
