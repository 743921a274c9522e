import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProcessExit } from '@quadrille/local';
import { arm, type Death, deaths } from './crash-at.js';
import { fireThrough } from './fire-through.js';
import { endAsTheyMust } from './fired.js';
import { holds } from './holds.js';
import { SOON_MISSED, type Stack, startStack } from './stack.js';
import { untilEnded, untilGivenUp } from './timeline.js';

const ORDERS = 24;
/** From the moment at which the process is ready again. The group waits three or six seconds of it for the crashed member. */
const RECOVERED_WITHIN_MS = 15_000;
const CRASHES_WITHIN_MS = 20_000;
const EVERYWHERE = process.env.QUADRILLE_EVERY_SERVICE === '1';

/** The announced crash point of each service, in order. */
const output: string[] = [];
const recoveries: { readonly death: string; readonly bootMs: number; readonly recoveryMs: number }[] = [];
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`.padStart(8);
const inWords = ({ death, bootMs, recoveryMs }: (typeof recoveries)[number]) =>
  `${seconds(bootMs)}${seconds(recoveryMs)}  ${death}`;
const nameOf = ({ point, service }: Death) => `${point} of ${service}`;

describe('a process that crashes before or after a durable operation', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({
      env: SOON_MISSED,
      onLine: (service, line) => {
        const [, point] = /^died at crash point (\S+)$/.exec(line) ?? [];
        if (point) output.push(`${point} of ${service}`);
      },
    });
  }, 180_000);
  afterAll(async () => {
    await stack?.stop();
    console.log(['  boot  recovery', ...recoveries.map(inWords)].join('\n'));
  }, 60_000);

  /** Resolves with the exit of the process. */
  const ends = ({ service, point }: Death): Promise<ProcessExit> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${service} never came by ${point}.`)), CRASHES_WITHIN_MS);
      const unsubscribe = stack.system.processes[service].onExit((exit) => {
        clearTimeout(late);
        unsubscribe();
        resolve(exit);
      });
    });

  it.each(deaths(EVERYWHERE).map((death) => [nameOf(death), death] as const))(
    '%s: every order ends correctly and in time',
    async (name, death) => {
      output.length = 0;
      const dead = ends(death);
      await arm(stack, death);
      const firing = fireThrough(stack, ORDERS, () => {});
      const led = await death.leadThere?.(stack);
      const exit = await dead.catch(async (error: unknown) => {
        await led?.takeBack();
        throw error;
      });
      const diedAt = Date.now();
      if (!led?.givenUp) await led?.takeBack();
      await stack.system.processes[death.service].restart();
      const backAt = Date.now();
      if (led?.givenUp) {
        // Either its deadline fires first, or the order continues and completes.
        await untilGivenUp(stack, led.givenUp);
        await led.takeBack();
      }
      await endAsTheyMust(stack, await firing, RECOVERED_WITHIN_MS);
      if (led?.givenUp) expect(await untilEnded(stack, led.givenUp)).toBe('CANCELLED');
      const recoveryMs = Date.now() - backAt;
      recoveries.push({ death: name, bootMs: backAt - diedAt, recoveryMs });
      expect({ ...exit, output }).toMatchObject({ signal: 'SIGKILL', expected: false, output: [name] });
      expect(recoveryMs).toBeLessThan(RECOVERED_WITHIN_MS);
      await holds(stack);
    },
  );
});
