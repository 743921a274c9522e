import type { BlockedTopic } from './blocked-topics.js';
import type { RelayLimits } from './relay-options.js';

/** How a relay is. */
export interface RelayHealth {
  /** Everything that waits goes out, or has not waited for long. A relay that is paused on purpose is well. */
  readonly ok: boolean;
  /** Why it is not. */
  readonly cause?: string;
  readonly heldShards: number;
  /** Null until the first acknowledgement. */
  readonly lastSentAt: Date | null;
  /** How long the first row of its shards has waited that is held back for no topic; null when none waits. */
  readonly oldestWaitingMs: number | null;
  /** Of sending or of reaching the database, in a row. */
  readonly consecutiveFailures: number;
  readonly paused: boolean;
  /** What they say waits in the table; everything else goes on. */
  readonly blockedTopics: readonly BlockedTopic[];
  /** Rows that this relay moved to `outbox_dead` since it could not read them. */
  readonly unreadableRows: number;
  /** Shards that no relay has held for long: their rows wait. */
  readonly unheldShards: readonly number[];
  /** Since the loop began its last turn. */
  readonly silentForMs: number;
  /** The loop hangs: only a new process helps. */
  readonly hangs: boolean;
}

/** What a relay knows about itself. Times are of `performance.now()`. */
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
  #told: ReadonlySet<number> = new Set();

  constructor(
    private readonly limits: Pick<RelayLimits, 'stalledAfterMs' | 'sendTimeoutMs'>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#turnedAt = this.#acknowledgedAt = this.#reachedAt = now();
  }

  /** The loop begins a turn. */
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

  /** Another look at the shards. Says which of them nobody has held for long, when these are others than before. */
  surveyed(heldShards: number, oldestAgeMs: number | undefined, unheld: readonly number[]): readonly number[] {
    const now = this.now();
    this.databaseFailures = 0;
    this.heldShards = heldShards;
    this.#reachedAt = now;
    this.#oldestSince = oldestAgeMs === undefined ? undefined : now - oldestAgeMs;
    for (const shard of this.#unheldSince.keys()) if (!unheld.includes(shard)) this.#unheldSince.delete(shard);
    for (const shard of unheld) if (!this.#unheldSince.has(shard)) this.#unheldSince.set(shard, now);
    const long = this.#unheldForLong();
    const isNews = long.some((shard) => !this.#told.has(shard));
    this.#told = new Set(long);
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
    if (hangs) return `The relay has done nothing for ${seconds(this.#turnedAt)}.`;
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
      return `Topic ${topic}${others} takes no records: ${cause}`;
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
