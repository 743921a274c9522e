import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Ending } from '@quadrille/choreography';
import { holds } from './holds.js';
import { provoke } from './provoke.js';
import { type Stack, type StackOptions, startStack } from './stack.js';
import { eventsSeen, timelineOf, untilEnded, untilSeen } from './timeline.js';

const STARTED_WITHIN_MS = 300_000;
const STOPPED_WITHIN_MS = 60_000;

/** Defines one spec per ending on a system with these options: expected timeline = observed timeline; finally all promises. */
export function describeEndings(title: string, endings: readonly Ending[], options?: () => Promise<StackOptions>) {
  describe(title, () => {
    let stack: Stack;
    const went: { orderId: string; path: string[] }[] = [];
    beforeAll(async () => {
      stack = await startStack(await options?.());
    }, STARTED_WITHIN_MS);
    afterAll(() => stack?.stop(), STOPPED_WITHIN_MS);

    it.each(endings.map((ending) => [ending.name, ending] as const))('%s', async (_, ending) => {
      const orderId = await provoke(stack, ending);
      const path = ending.path.map(({ event }) => event.name);
      expect(await untilSeen(stack, orderId, path.length)).toEqual(path);
      expect(await untilEnded(stack, orderId)).toBe(ending.outcome);
      went.push({ orderId, path });
    });

    it('finally fulfils every promise, and emits no further event', async () => {
      await holds(stack);
      for (const { orderId, path } of went) expect(eventsSeen(await timelineOf(stack, orderId))).toEqual(path);
    });
  });
}
