import { mayPass, messageOf, type Scope, scopeOf } from '@quadrille/postgres';
import type { Log } from './log.js';
import { LogThrottle } from './log-throttle.js';

/** Failures of so long ago say nothing of now: what failed is tried again sooner, or nobody asks for it any more. */
const FRESH_MS = 30_000;

/** How one kind of work of a service goes. */
export interface WorkState {
  readonly ok: boolean;
  /** ISO 8601; absent before the first success. */
  readonly lastSuccessAt?: string;
  /** How often it failed since. */
  readonly failures?: number;
  readonly cause?: string;
  readonly scope?: Scope | 'other';
  readonly [detail: string]: unknown;
}

interface Work {
  lastSuccessAt?: number;
  failures: number;
  failedAt?: number;
  failingSince?: number;
  error?: unknown;
}

/** What each kind of work came to of late, and the log's word of what keeps all of it from being done: once, then seldom. */
export class WorkHealth {
  private readonly works = new Map<string, Work>();
  private readonly logThrottle = new LogThrottle();

  constructor(
    private readonly log: Pick<Log, 'info' | 'warn' | 'error'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes note of how a round ends. */
  async watch<Result>(what: string, round: Promise<Result>): Promise<Result> {
    try {
      const result = await round;
      this.succeeded(what);
      return result;
    } catch (error) {
      this.failed(what, error);
      throw error;
    }
  }

  succeeded(what: string): void {
    this.works.set(what, { lastSuccessAt: this.now(), failures: 0 });
    if (this.logThrottle.over(what)) this.log.info({ work: what }, 'work goes on');
  }

  /** A round of this work failed as a whole, and will be tried again. */
  failed(what: string, error: unknown): void {
    const work = this.works.get(what) ?? { failures: 0 };
    const failedAt = this.now();
    const failingSince = work.failures === 0 ? failedAt : work.failingSince!;
    this.works.set(what, { ...work, failures: work.failures + 1, failedAt, failingSince, error });
    const scope = scopeOf(error);
    this.logThrottle.log(what, (more) => {
      // An outage needs no stack.
      const fields = { work: what, ...more, ...(mayPass(scope) ? { cause: messageOf(error) } : { err: error }) };
      if (scope === 'deployment') this.log.error(fields, DEPLOYMENT);
      else if (mayPass(scope)) this.log.warn(fields, 'work waits for the database');
      else this.log.error(fields, 'work failed; it is tried again');
    });
  }

  /** Of these something failed just now: it is tried again and again, so that a restart would change nothing. */
  isFailing(...whats: readonly string[]): boolean {
    return whats.some((what) => {
      const { failedAt } = this.works.get(what) ?? {};
      return failedAt !== undefined && this.now() - failedAt < FRESH_MS;
    });
  }

  /** By kind of work. One is well until it fails for long, or at once where nothing of it can be done. */
  states(): Record<string, WorkState> {
    return Object.fromEntries([...this.works].map(([what, work]) => [what, this.stateOf(what, work)]));
  }

  private lastSuccess(): number {
    return Math.max(...[...this.works.values()].map(({ lastSuccessAt }) => lastSuccessAt ?? Number.NEGATIVE_INFINITY));
  }

  private stateOf(what: string, { lastSuccessAt, failures, failedAt, failingSince, error }: Work): WorkState {
    const at = lastSuccessAt !== undefined && { lastSuccessAt: new Date(lastSuccessAt).toISOString() };
    if (failures === 0) return { ok: true, ...at };
    const scope = scopeOf(error) ?? 'other';
    const forLong = this.now() - failingSince! >= FRESH_MS;
    const stands = scope === 'deployment' || scope === 'database' || forLong;
    // An outage meets all work: where other work succeeded since, this one only has not been tried again yet.
    const isOver = (scope === 'database' || scope === 'connection') && this.lastSuccess() >= failedAt!;
    return { ok: !(this.isFailing(what) && stands && !isOver), ...at, failures, cause: messageOf(error), scope };
  }
}

const DEPLOYMENT =
  'the database is not what this version needs (a table, column, function or grant): nothing is taken until it is mended';
