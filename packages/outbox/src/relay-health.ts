import type { BlockedTopic } from './blocked-topics.js';
import type { RelayLimits } from './relay-options.js';

/** Health of a relay. */
export interface RelayHealth {
  /** All waiting records are being sent, or have not waited for long. A relay paused on purpose is healthy. */
  readonly ok: boolean;
  /** Cause of an unhealthy state. */
  readonly cause?: string;
  readonly heldShards: number;
  /** Null until the first acknowledgement. */
  readonly lastSentAt: Date | null;
  /** Age in ms of the first waiting row of its shards that is not held back; null without one. */
  readonly oldestWaitingMs: number | null;
  /** Consecutive failures of sending or of reaching the database. */
  readonly consecutiveFailures: number;
  readonly paused: boolean;
  /** Their records wait in the table; all others continue. */
  readonly blockedTopics: readonly BlockedTopic[];
  /** Rows that this relay moved to `outbox_dead` because they are unreadable. */
  readonly unreadableRows: number;
  /** Shards that no relay has held for long: their rows wait. */
  readonly unheldShards: readonly number[];
  /** Time since the last turn of the loop. */
  readonly silentForMs: number;
  /** The loop hangs: only a new process helps. */
  readonly hangs: boolean;
}

/** State of a relay. Times are those of `performance.now()`. */
export class RelayState {
  paused = false;
  heldShards = 0;
  sendFailures = 0;
  databaseFailures = 0;
  unreadableRows = 0;
  #lastSentAt: Date | null = null;
  #reason = '';
  #turnedAt: number;
  #acknowledgedAt: number;
  #reachedAt: number;
  #oldestSince: number | undefined;
  readonly #unheldSince = new Map<number, number>();
  #logged: ReadonlySet<number> = new Set();

  constructor(
    private readonly limits: Pick<RelayLimits, 'stalledAfterMs' | 'sendTimeoutMs'>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#turnedAt = this.#acknowledgedAt = this.#reachedAt = now();
  }

  /** Called when the loop begins a turn. */
  turns(): void {
    this.#turnedAt = this.now();
  }

  acknowledged(): void {
    this.sendFailures = 0;
    this.#lastSentAt = new Date();
    this.#acknowledgedAt = this.now();
  }

  failed(reason: string): void {
    this.#reason = reason;
  }

  /** Records a survey of the shards. Returns the shards that no relay has held for long, if there are new ones. */
  surveyed(heldShards: number, oldestAgeMs: number | undefined, unheld: readonly number[]): readonly number[] {
    const now = this.now();
    this.databaseFailures = 0;
    this.heldShards = heldShards;
    this.#reachedAt = now;
    this.#oldestSince = oldestAgeMs === undefined ? undefined : now - oldestAgeMs;
    for (const shard of this.#unheldSince.keys()) if (!unheld.includes(shard)) this.#unheldSince.delete(shard);
    for (const shard of unheld) if (!this.#unheldSince.has(shard)) this.#unheldSince.set(shard, now);
    const long = this.#unheldForLong();
    const isNews = long.some((shard) => !this.#logged.has(shard));
    this.#logged = new Set(long);
    return isNews ? long : [];
  }

  health(blockedTopics: readonly BlockedTopic[], isRunning: boolean): RelayHealth {
    const now = this.now();
    const silentForMs = Math.round(now - this.#turnedAt);
    const hangs = isRunning && silentForMs > this.limits.sendTimeoutMs + this.limits.stalledAfterMs;
    const cause = this.paused || !isRunning ? undefined : this.#cause(blockedTopics, hangs, now);
    return {
      ok: cause === undefined,
      ...(cause !== undefined && { cause }),
      heldShards: this.heldShards,
      lastSentAt: this.#lastSentAt,
      oldestWaitingMs: this.#oldestSince === undefined ? null : Math.round(Math.max(0, now - this.#oldestSince)),
      consecutiveFailures: this.sendFailures + this.databaseFailures,
      paused: this.paused,
      blockedTopics,
      unreadableRows: this.unreadableRows,
      unheldShards: this.#unheldForLong(),
      silentForMs,
      hangs,
    };
  }

  #cause(blocked: readonly BlockedTopic[], hangs: boolean, now: number): string | undefined {
    const { stalledAfterMs } = this.limits;
    const seconds = (since: number) => `${Math.round((now - since) / 1_000)} s`;
    if (hangs) return `The relay loop has made no turn for ${seconds(this.#turnedAt)}.`;
    if (this.databaseFailures > 0 && now - this.#reachedAt > stalledAfterMs) {
      return `The outbox has not been reached for ${seconds(this.#reachedAt)}: ${this.#reason}`;
    }
    const waits = this.#oldestSince !== undefined && now - this.#oldestSince > stalledAfterMs;
    if (waits && this.heldShards > 0 && now - this.#acknowledgedAt > stalledAfterMs) {
      return `Records wait, and none was acknowledged for ${seconds(this.#acknowledgedAt)}: ${this.#reason || 'no send has ended.'}`;
    }
    const long = blocked.filter(({ since }) => Date.now() - since.getTime() > stalledAfterMs);
    if (long.length > 0) {
      const [{ topic, cause }] = long as [BlockedTopic];
      const others = long.length > 1 ? ` (and ${long.length - 1} more)` : '';
      return `Topic ${topic}${others} is blocked: ${cause}`;
    }
    const unheld = this.#unheldForLong();
    return unheld.length > 0 ? `No relay holds the shards ${unheld.join(', ')}: their records wait.` : undefined;
  }

  #unheldForLong(): number[] {
    const now = this.now();
    const long = [...this.#unheldSince].filter(([, since]) => now - since > this.limits.stalledAfterMs);
    return long.map(([shard]) => shard).sort((one, other) => one - other);
  }
}
