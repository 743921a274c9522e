import { Problem } from '../problem.js';
import type { SagaBacklog } from './saga-backlog.js';
import type { Waiting } from './submission-queue.js';

/** How much may wait before more is turned away. */
export interface AdmissionLimits {
  /** Commands that wait for their batch. */
  readonly maxCommands: number;
  /** The bytes of their bodies. */
  readonly maxBytes: number;
  /** How long the first of them has waited. */
  readonly maxAgeMs: number;
}

/** Why a command is turned away before any work for it begins. */
export type ShedReason = 'database' | 'commands' | 'bytes' | 'age' | 'sagas';

/** Who waits longer than the first of a line may is not begun any more: the line stands still. */
const PATIENCE_FACTOR = 2;
/** While the database is away one command at a time is let through, so long after the last that failed, to see whether it is back. */
const PROBE_AFTER_MS = 1_000;
const FAILURES_OF_AN_OUTAGE = 2;
const DATABASE_RETRY_SECONDS = 5;
const MAX_RETRY_SECONDS = 30;

/** Says whether a command may join those that wait. It knows nothing of what it asks for: only how much waits, how long, and for what. */
export class DedupeResult {
  /** Set while the database is away: from when on somebody may find out whether it is back. */
  private nextProbeAt: number | undefined;

  /** Batches in a row that found no database. */
  private failures = 0;

  constructor(
    private readonly limits: AdmissionLimits,
    /** What waits in the line of commands. */
    private readonly waiting: () => Waiting,
    /** For the service that begins sagas. */
    private readonly backlog: SagaBacklog | undefined,
    private readonly counted: (reason: ShedReason) => void = () => {},
    private readonly now: () => number = Date.now,
  ) {}

  /** The problem a command of this size is turned away with; undefined when it may wait for its batch. */
  refusal(bytes: number, beginsSaga: boolean): Problem | undefined {
    const now = this.now();
    const { items, bytes: held, since } = this.waiting();
    if (this.nextProbeAt !== undefined && (now < this.nextProbeAt || items > 0)) return this.turnedAway('database');
    if (items >= this.limits.maxCommands) return this.turnedAway('commands');
    if (items > 0 && held + bytes > this.limits.maxBytes) return this.turnedAway('bytes');
    if (since !== undefined && now - since > this.limits.maxAgeMs) return this.turnedAway('age');
    const excessMs = beginsSaga ? (this.backlog?.excessMs(now) ?? 0) : 0;
    return excessMs > 0 ? this.turnedAway('sagas', excessMs / 1_000) : undefined;
  }

  /** What those are told who wait already and can not be served. */
  turnedAway(reason: ShedReason, seconds = 1): Problem {
    this.counted(reason);
    if (reason === 'database') {
      const detail = 'The database cannot be used at the moment. Try again soon.';
      return new Problem(503, 'database-unavailable', detail, { retryAfterSeconds: DATABASE_RETRY_SECONDS });
    }
    const retryAfterSeconds = Math.ceil(Math.min(seconds, MAX_RETRY_SECONDS));
    const detail = 'More is asked for than can be carried at the moment; nothing was begun. Try again soon.';
    return new Problem(503, 'overloaded', detail, { retryAfterSeconds });
  }

  /** A batch could not be run for lack of the database. Says whether it is away: one session may end on its own account, the next does not. */
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

  /** Who came before this moment has waited for too long. */
  patienceEndsBefore(): number {
    return this.now() - PATIENCE_FACTOR * this.limits.maxAgeMs;
  }
}
