import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProcess } from '../process.js';

/** Long enough to place an order and see how it waits for a service that is gone. */
const REVIVE_AFTER_MS = 10_000;

/**
 * Starts a service again a while after it ended unasked: killed, crashed, or given up because its consumer was wedged. Returns what
 * ends this, to be awaited before the services are stopped.
 */
export function restartEnded(
  services: readonly RunningProcess[],
  say: (line: string) => void,
  afterMs = REVIVE_AFTER_MS,
): () => Promise<void> {
  const over = new AbortController();
  const reviving = new Set<Promise<void>>();
  const bringBack = async (service: RunningProcess, restMs: number) => {
    try {
      await pause(restMs, undefined, { signal: over.signal });
      await service.restart();
      say(`${service.name} is back, as process ${service.pid}`);
    } catch (error) {
      if (!over.signal.aborted) say(`${service.name} cannot be started again: ${(error as Error).message}`);
    }
  };
  for (const service of services) {
    service.onExit(({ expected, code, signal }) => {
      if (expected || over.signal.aborted) return;
      // Who was asked to end has done what was asked: nobody needs time to see how it is missed.
      const restMs = code === 0 ? 0 : afterMs;
      const how = signal ? `by ${signal}` : `with exit code ${code}`;
      say(`${service.name} ended ${how}; it is started again ${restMs === 0 ? 'at once' : `in ${restMs / 1_000} s`}`);
      const work = bringBack(service, restMs).finally(() => reviving.delete(work));
      reviving.add(work);
    });
  }
  return async () => {
    over.abort();
    await Promise.all(reviving);
  };
}
