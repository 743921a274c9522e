import { isTransient, scopeOf, transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { Outcome } from '../input.js';
import { PollingLoop } from '../polling-loop.js';
import { Problem } from '../problem.js';
import type { RuntimeDefinition } from '../runtime-definition.js';
import type { Batcher, Waiting } from './batcher.js';
import { OpenSagas, type SagaBacklog } from './open-sagas.js';

/** Maximum expected duration of a new saga as a share of its deadline: the load may slow it down several times more. */
const DEADLINE_SHARE = 1 / 8;
/** Interval in ms of counting open sagas in the database. */
const RECOUNT_EVERY_MS = 2_000;
/** Interval in ms of dropping commands that waited too long. */
const ABANDON_CHECK_MS = 500;

/** Limits of admission. */
export interface GateLimits extends AdmissionLimits {
  /** With this many open sagas or fewer, a new one is always admitted. */
  readonly freeSagas: number;
}

/** Entry of commands: they wait for their batch only if the service can process them in time. A refusal costs almost nothing. */
export class Gate {
  /** Periodic work of the gate. */
  readonly loops: readonly PollingLoop[];
  private readonly admission: Admission;
  private readonly sagas: OpenSagas | undefined;

  constructor(
    definition: RuntimeDefinition,
    limits: GateLimits,
    deadlineSeconds: number,
    pool: Pool,
    private readonly batcher: Pick<Batcher<any, any>, 'waiting' | 'shed'>,
    counted?: (reason: ShedReason) => void,
  ) {
    const { rows, steps, sagas } = definition;
    const maxWaitMs = deadlineSeconds * 1_000 * DEADLINE_SHARE;
    this.sagas = sagas && new OpenSagas(rows, steps.service, sagas, deadlineSeconds, { ...limits, maxWaitMs });
    this.admission = new Admission(limits, () => this.waiting(), this.sagas?.backlog, counted);
    const recount = async () => {
      await transaction(pool, async (tx) => this.sagas?.recount(tx));
      return false;
    };
    const lapse = async () => {
      this.shed(this.admission.abandonedBefore(), 'age');
      return false;
    };
    const ignored = () => {};
    this.loops = [
      new PollingLoop(ABANDON_CHECK_MS, lapse, ignored),
      // A failed recount leaves the local count in use; other components report the outage.
      ...(this.sagas ? [new PollingLoop(RECOUNT_EVERY_MS, recount, ignored)] : []),
    ];
  }

  /** Returns the problem that refuses a command; undefined if it is admitted. */
  refusal(step: string, bytes: number): Problem | undefined {
    return this.admission.refusal(bytes, this.sagas?.begins(step) ?? false);
  }

  waiting(): Waiting {
    return this.batcher.waiting('commands');
  }

  /** Expected duration of a new saga in ms; undefined in a service that begins none. */
  expectedWaitMs(): number | undefined {
    return this.sagas?.backlog.expectedWaitMs(Date.now());
  }

  committed(outcomes: readonly Outcome[]): void {
    this.admission.databaseBack();
    this.sagas?.count(outcomes, Date.now());
  }

  /** Refuses commands behind a batch that failed for lack of the database at once. */
  failed(error: unknown): void {
    if (isTransient(scopeOf(error)) && this.admission.databaseFailed()) this.shed(Number.POSITIVE_INFINITY, 'database');
  }

  private shed(before: number, reason: ShedReason): void {
    this.batcher.shed('commands', before, () => this.admission.shedProblem(reason));
  }
}

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
