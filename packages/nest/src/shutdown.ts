import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';

/**
 * The components in the order of their shutdown: first those that accept work, then those that work, then their resources. No
 * data are lost if a component times out: uncommitted messages are delivered again, and events wait in the outbox.
 */
const STOP_ORDER = [
  'taking requests',
  'taking requests of operators',
  'consuming',
  'looking for other services',
  'looking for other outboxes',
  'removing old rows',
  'running steps',
  'sending events',
  'the producer',
  'the application',
  'the traces',
  'the outside world',
  'the keys of personal data',
  'the database',
] as const;

export type PartName = (typeof STOP_ORDER)[number];

interface Ending {
  readonly stop: () => Promise<unknown>;
  /** Called after the timeout: releases by force. */
  readonly force?: () => void;
}

/** Stops the opened components of a service, each with a timeout. */
export class Shutdown {
  private readonly endings = new Map<PartName, Ending>();
  private ended: Promise<boolean> | undefined;

  constructor(
    private readonly timeoutMs: number,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
  ) {}

  /** Registers the shutdown of an opened component. */
  set(part: PartName, stop: () => Promise<unknown>, force?: () => void): void {
    this.endings.set(part, { stop, ...(force && { force }) });
  }

  /** Stops everything, once; returns whether all components stopped in time. */
  end(): Promise<boolean> {
    this.ended ??= this.endAll();
    return this.ended;
  }

  private async endAll(): Promise<boolean> {
    let clean = true;
    for (const part of STOP_ORDER) {
      const ending = this.endings.get(part);
      if (ending) clean = (await this.endOne(part, ending)) && clean;
    }
    return clean;
  }

  private async endOne(part: PartName, { stop, force }: Ending): Promise<boolean> {
    const began = Date.now();
    const over = new AbortController();
    const late = pause(this.timeoutMs, false, { signal: over.signal }).catch(() => true);
    try {
      const inTime = await Promise.race([stop().then(() => true), late]);
      if (inTime) this.log.info({ part, tookMs: Date.now() - began }, 'stopped');
      else {
        this.log.warn({ part, timeoutMs: this.timeoutMs }, 'exceeded its timeout and is abandoned');
        force?.();
      }
      return inTime;
    } catch (error) {
      this.log.warn({ part, err: error }, 'failed to stop');
      return false;
    } finally {
      over.abort();
    }
  }
}

/** Calls `stop` once, when the process receives a signal or, with `watchParent`, when its parent process has exited. */
export function onStopRequest(stop: (why: string) => void, watchParent: boolean): void {
  let stopping = false;
  const request = (why: string) => () => {
    if (stopping) return;
    stopping = true;
    stop(why);
  };
  // A second Ctrl-C, or a signal forwarded by a parent that received it too, must not interrupt the shutdown: it has timeouts
  // anyway.
  process.on('SIGTERM', request('SIGTERM'));
  process.on('SIGINT', request('SIGINT'));
  if (!watchParent) return;
  process.on('disconnect', request('the parent process is gone'));
  // The parent may have exited during the start.
  if (process.connected === false) request('the parent process is gone')();
}
