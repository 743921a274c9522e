import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';

/**
 * What a service ends, in this order: first what lets work in, then what works, then what the work needs.
 * Nothing is lost when a part is left behind: what was not committed comes again, what was said waits in the outbox.
 */
const STOP_ORDER = [
  'taking requests',
  'taking requests of operators',
  'consuming',
  'looking for other services',
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
  /** When the time is over: lets go by force. */
  readonly force?: () => void;
}

/** Ends the parts of a service that were opened so far, each for a bounded time. */
export class Shutdown {
  private readonly endings = new Map<PartName, Ending>();
  private ended: Promise<boolean> | undefined;

  constructor(
    private readonly timeoutMs: number,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
  ) {}

  /** Tells how a part that was just opened ends. */
  set(part: PartName, stop: () => Promise<unknown>, force?: () => void): void {
    this.endings.set(part, { stop, ...(force && { force }) });
  }

  /** Ends everything, once; says whether all ended by themselves. */
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
        this.log.warn({ part, timeoutMs: this.timeoutMs }, 'took too long to stop and is left behind');
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

/** Calls `stop` once, when the process is asked to end or, if wanted, when the process that started it is gone. */
export function onceAskedToStop(stop: (why: string) => void, watchParent: boolean): void {
  let asked = false;
  const ask = (why: string) => () => {
    if (asked) return;
    asked = true;
    stop(why);
  };
  // A second Ctrl-C, or the signal of a parent that got the first one too, must not cut the ending short: it is bounded anyway.
  process.on('SIGTERM', ask('SIGTERM'));
  process.on('SIGINT', ask('SIGINT'));
  if (!watchParent) return;
  process.on('disconnect', ask('the parent process is gone'));
  // It may have gone while we started.
  if (process.connected === false) ask('the parent process is gone')();
}
