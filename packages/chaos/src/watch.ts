import { setTimeout as pause } from 'node:timers/promises';
import { RunningAudit, type Sources } from '@quadrille/testing';

const LOOK_EVERY_MS = 10_000;

/** What the auditor saw while things broke. */
export interface Watched {
  /** Looks that read the whole system. */
  readonly looks: number;
  /** Looks that could not, because a part of it was away. */
  readonly failures: number;
  /** In words: what broke a promise, in any of them. */
  readonly violations: readonly string[];
}

/** Audits the running system again and again until `signal` ends, and once more then. */
export async function watch(sources: Sources, signal: AbortSignal): Promise<Watched> {
  const audit = new RunningAudit(sources);
  const violations = new Set<string>();
  let [looks, failures] = [0, 0];
  const look = async () => {
    try {
      const { promises } = await audit.look();
      looks++;
      for (const promise of promises) for (const violation of promise.violations) violations.add(violation);
    } catch {
      failures++;
    }
  };
  try {
    while (!signal.aborted) {
      await look();
      await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
    await look();
  } finally {
    await audit.close();
  }
  return { looks, failures, violations: [...violations] };
}
