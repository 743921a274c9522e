import { Problem } from '../problem.js';
import type { SagaBacklog } from './saga-backlog.js';
import type { Waiting } from './submission-queue.js';

/** Limits of the queue of commands. Beyond one, a new command is refused. */
export interface AdmissionLimits {
  /** Commands that wait for their batch. */
  readonly maxCommands: number;
  /** The bytes of their bodies. */
  readonly maxBytes: number;
  /** Age in ms of the oldest waiting command. */
  readonly maxAgeMs: number;
}

/** Reason for refusing a command before any work on it. */
export type ShedReason = 'database' | 'commands' | 'bytes' | 'age' | 'sagas';

/** A command that waits this many times `maxAgeMs` is dropped: the queue is stalled. */
const ABANDON_FACTOR = 2;
/** While the database is unavailable, one command at a time is admitted as a probe, this many ms after the last failure. */
const PROBE_AFTER_MS = 1_000;
const FAILURES_OF_AN_OUTAGE = 2;
const DATABASE_RETRY_SECONDS = 5;
const MAX_RETRY_SECONDS = 30;

/**
 * Decides whether a command may join the queue. It depends only on the length and age of the queue and the backlog, not on the
 * command.
 */
export class Admission {
  /** Set while the database is unavailable: time of the next probe. */
  private nextProbeAt: number | undefined;

  /** Consecutive batches that failed for lack of the database. */
  private failures = 0;

  constructor(
    private readonly limits: AdmissionLimits,
    /** Length and age of the command queue. */
    private readonly waiting: () => Waiting,
    /** Only in the service that begins sagas. */
    private readonly backlog: SagaBacklog | undefined,
    private readonly counted: (reason: ShedReason) => void = () => {},
    private readonly now: () => number = Date.now,
  ) {}

  /** Returns the problem that refuses a command of this size; undefined if the command is admitted. */
  refusal(bytes: number, beginsSaga: boolean): Problem | undefined {
    const now = this.now();
    const { items, bytes: queued, since } = this.waiting();
    if (this.nextProbeAt !== undefined && (now < this.nextProbeAt || items > 0)) return this.shedProblem('database');
    if (items >= this.limits.maxCommands) return this.shedProblem('commands');
    if (items > 0 && queued + bytes > this.limits.maxBytes) return this.shedProblem('bytes');
    if (since !== undefined && now - since > this.limits.maxAgeMs) return this.shedProblem('age');
    const excessMs = beginsSaga ? (this.backlog?.excessMs(now) ?? 0) : 0;
    return excessMs > 0 ? this.shedProblem('sagas', excessMs / 1_000) : undefined;
  }

  /** The problem for a refused command, also for one that already waits. */
  shedProblem(reason: ShedReason, seconds = 1): Problem {
    this.counted(reason);
    if (reason === 'database') {
      const detail = 'The database is unavailable. Try again soon.';
      return new Problem(503, 'database-unavailable', detail, { retryAfterSeconds: DATABASE_RETRY_SECONDS });
    }
    const retryAfterSeconds = Math.ceil(Math.min(seconds, MAX_RETRY_SECONDS));
    const detail = 'The service is overloaded; the request was not started. Try again soon.';
    return new Problem(503, 'overloaded', detail, { retryAfterSeconds });
  }

  /**
   * Counts a batch that failed for lack of the database. Returns whether the database counts as unavailable: one session may end
   * on its own, a second failure means an outage.
   */
  databaseFailed(): boolean {
    this.failures++;
    if (this.failures < FAILURES_OF_AN_OUTAGE) return false;
    this.nextProbeAt = this.now() + PROBE_AFTER_MS;
    return true;
  }

  databaseBack(): void {
    this.failures = 0;
    this.nextProbeAt = undefined;
  }

  /** Commands that arrived before this moment have waited too long. */
  abandonedBefore(): number {
    return this.now() - ABANDON_FACTOR * this.limits.maxAgeMs;
  }
}
