import { isTransient, messageOf, type Scope, scopeOf } from '@quadrille/postgres';
import { type Log, LogThrottle } from './log.js';

/** Older failures do not count: failed work is retried sooner, or no longer requested. */
const FRESH_MS = 30_000;

/** Health of one kind of work of a service. */
export interface WorkState {
  readonly ok: boolean;
  /** ISO 8601; absent before the first success. */
  readonly lastSuccessAt?: string;
  /** Consecutive failures since the last success. */
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

/** Tracks recent results of each kind of work, and logs persistent failures once, then at a limited rate. */
export class WorkHealth {
  private readonly works = new Map<string, Work>();
  private readonly logThrottle = new LogThrottle();

  constructor(
    private readonly log: Pick<Log, 'info' | 'warn' | 'error'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Records the result of a round. */
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
    if (this.logThrottle.over(what)) this.log.info({ work: what }, 'work resumed');
  }

  /** A round failed as a whole and will be retried. */
  failed(what: string, error: unknown): void {
    const work = this.works.get(what) ?? { failures: 0 };
    const failedAt = this.now();
    const failingSince = work.failures === 0 ? failedAt : work.failingSince!;
    this.works.set(what, { ...work, failures: work.failures + 1, failedAt, failingSince, error });
    const scope = scopeOf(error);
    this.logThrottle.log(what, (more) => {
      // An outage needs no stack trace.
      const fields = { work: what, ...more, ...(isTransient(scope) ? { cause: messageOf(error) } : { err: error }) };
      if (scope === 'deployment') this.log.error(fields, DEPLOYMENT);
      else if (isTransient(scope)) this.log.warn(fields, 'work blocked: database unavailable');
      else this.log.error(fields, 'work failed; will be retried');
    });
  }

  /** Whether one of these failed just now: it is being retried, so a restart would change nothing. */
  isFailing(...whats: readonly string[]): boolean {
    return whats.some((what) => {
      const { failedAt } = this.works.get(what) ?? {};
      return failedAt !== undefined && this.now() - failedAt < FRESH_MS;
    });
  }

  /** By kind of work. A kind is bad after failures for long, or at once if none of its work is possible. */
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
    // An outage affects all work: after a success of other work, this one just has not been retried yet.
    const isOver = (scope === 'database' || scope === 'connection') && this.lastSuccess() >= failedAt!;
    return { ok: !(this.isFailing(what) && stands && !isOver), ...at, failures, cause: messageOf(error), scope };
  }
}

const DEPLOYMENT =
  'the database does not match this version (a table, column, function or grant): no work is possible until it is fixed';
