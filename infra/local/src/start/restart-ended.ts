import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProcess } from '../process.js';

/** Long enough to place an order and see it wait for the stopped service. */
const RESTART_AFTER_MS = 10_000;

/**
 * Restarts a service some time after an unexpected exit: a kill, a crash, or a stalled consumer. Returns a function that stops
 * this; await it before stopping the services.
 */
export function restartEnded(
  services: readonly RunningProcess[],
  report: (line: string) => void,
  afterMs = RESTART_AFTER_MS,
): () => Promise<void> {
  const over = new AbortController();
  const reviving = new Set<Promise<void>>();
  const bringBack = async (service: RunningProcess, restMs: number) => {
    try {
      await pause(restMs, undefined, { signal: over.signal });
      await service.restart();
      report(`${service.name} restarted as process ${service.pid}`);
    } catch (error) {
      if (!over.signal.aborted) report(`${service.name} restart failed: ${(error as Error).message}`);
    }
  };
  for (const service of services) {
    service.onExit(({ expected, code, signal }) => {
      if (expected || over.signal.aborted) return;
      // After a graceful exit no demonstration of the outage is needed.
      const restMs = code === 0 ? 0 : afterMs;
      const how = signal ? `by ${signal}` : `with exit code ${code}`;
      report(`${service.name} ended ${how}; restart ${restMs === 0 ? 'now' : `in ${restMs / 1_000} s`}`);
      const work = bringBack(service, restMs).finally(() => reviving.delete(work));
      reviving.add(work);
    });
  }
  return async () => {
    over.abort();
    await Promise.all(reviving);
  };
}
