import { setTimeout as pause } from 'node:timers/promises';
import type { ChaoticSystem } from '../system/chaotic-system.js';
import type { Instance } from '../system/instance.js';
import type { Injection } from './injection.js';

const LOOK_EVERY_MS = 20;

const instanceOf = ({ instances }: ChaoticSystem, name: string): Instance => {
  const instance = instances.get(name);
  if (!instance) throw new Error(`Unknown instance ${name}.`);
  return instance;
};

/** SIGKILL; the instance is restarted when the fault ends. */
export const kill: Injection = async (system, { target }) => {
  const instance = instanceOf(system, target);
  await instance.die();
  return () => instance.bringBack();
};

/** Kills both instances, so that no other can take over. */
export const killBoth: Injection = async (system, { target }) => {
  const both = [instanceOf(system, `${target}-1`), instanceOf(system, `${target}-2`)];
  await Promise.all(both.map((instance) => instance.die()));
  return async () => void (await Promise.all(both.map((instance) => instance.bringBack())));
};

/** SIGSTOP, then SIGCONT: a zombie process that has not noticed the pause. */
export const freeze: Injection = async (system, { target }) => {
  const instance = instanceOf(system, target);
  instance.freeze();
  return async () => instance.thaw();
};

/** The process kills itself at a crash point within a batch. If it does not reach the point in time, it is killed. */
export const crashInBatch: Injection = async (system, { target, detail, lastsMs }) => {
  const instance = instanceOf(system, target);
  instance.expectDeath();
  await fetch(`${instance.adminUrl}/control/crash-point`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ at: String(detail) }),
    signal: AbortSignal.timeout(lastsMs),
  }).catch(() => {});
  const deadline = Date.now() + lastsMs;
  while (instance.runs && Date.now() < deadline) await pause(LOOK_EVERY_MS);
  await instance.die();
  return () => instance.bringBack();
};
