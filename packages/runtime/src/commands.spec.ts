import { describe, expect, it } from '@jest/globals';
import { type CommandOutcome, type CommandRunner, RunCommands } from './commands.js';
import { requestHash } from './idempotency.js';

const NOTHING: CommandOutcome = { nothing: true };
const once = (request: unknown, owner = 'alice') => ({ key: 'order-1', idempotencyKey: { owner, key: 'k1', request } });

/** A runner whose commands end when they are released. */
function heldRunner() {
  const waiting: (() => void)[] = [];
  const runner: CommandRunner = {
    command: () => new Promise((resolve) => waiting.push(() => resolve(NOTHING))),
  };
  return { commands: new RunCommands(runner), letGo: () => waiting.splice(0).forEach((go) => void go()) };
}

describe('a command under an idempotency key', () => {
  it('is a conflict while the first one with it is still running', async () => {
    const { commands, letGo } = heldRunner();
    const first = commands.run('place-order', {}, once({ a: 1 }));
    await expect(commands.run('place-order', {}, once({ a: 1 }))).rejects.toMatchObject({
      status: 409,
      code: 'request-still-running',
    });
    letGo();
    await expect(first).resolves.toEqual(NOTHING);
    const again = commands.run('place-order', {}, once({ a: 1 }));
    letGo();
    await expect(again).resolves.toEqual(NOTHING);
  });

  it('is rejected when a running one has the key for another request', async () => {
    const { commands, letGo } = heldRunner();
    const first = commands.run('place-order', {}, once({ a: 1 }));
    await expect(commands.run('place-order', {}, once({ a: 2 }))).rejects.toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
    letGo();
    await first;
  });

  it('is separate from the same key of another customer', async () => {
    const { commands, letGo } = heldRunner();
    const both = [commands.run('s', {}, once({ a: 1 })), commands.run('s', {}, once({ a: 2 }, 'bob'))];
    letGo();
    await expect(Promise.all(both)).resolves.toEqual([NOTHING, NOTHING]);
  });

  it('is rejected when the key was used for another request before', async () => {
    const refused = { refused: 'idempotency-key-reused', detail: 'used before', status: 422 as const };
    const commands = new RunCommands({ command: async () => ({ refused }) });
    await expect(commands.run('s', {}, once({}))).rejects.toMatchObject({ status: 422, detail: 'used before' });
  });

  it('may be used again after a failure', async () => {
    let fails = true;
    const commands = new RunCommands({
      command: async () => {
        if (fails) throw new Error('weather');
        return NOTHING;
      },
    });
    await expect(commands.run('s', {}, once({}))).rejects.toThrow('weather');
    fails = false;
    await expect(commands.run('s', {}, once({}))).resolves.toEqual(NOTHING);
  });
});

describe('the hash of a request', () => {
  it('does not depend on the order of keys, at any depth', () => {
    expect(requestHash('s', { a: [{ x: 1, y: 2 }], b: 2 })).toBe(requestHash('s', { b: 2, a: [{ y: 2, x: 1 }] }));
  });

  it('depends on everything else', () => {
    const all = [
      requestHash('s', { a: [1, 2] }),
      requestHash('s', { a: [2, 1] }),
      requestHash('t', { a: [1, 2] }),
      requestHash('s', { a: ['1', 2] }),
      requestHash('s', undefined),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
