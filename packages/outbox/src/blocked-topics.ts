/** Maximum blocked topics, above the number of topics of any system: beyond it, the topic names are made up. */
const MAX_BLOCKED_TOPICS = 1_000;
/**
 * Pause after a failed retry, as a multiple of its duration: retries of blocked topics cost the others at most a tenth of the
 * time.
 */
const REST_PER_TRY = 9;
const LOG_AGAIN_AFTER_MS = 600_000;

/** A topic that currently accepts no records. */
export interface BlockedTopic {
  readonly topic: string;
  readonly cause: string;
  readonly since: Date;
}

interface Blocked {
  cause: string;
  readonly since: Date;
  tries: number;
  retryAt: number;
  loggedAt: number;
}

type Backoff = { readonly backoffBaseMs: number; readonly backoffCapMs: number };

/**
 * The topics that currently accept no records, with cause and time of the next retry. Their records wait in the table. Times are
 * those of `performance.now()`.
 */
export class BlockedTopics {
  readonly #topics = new Map<string, Blocked>();
  #restUntil = 0;

  constructor(private readonly backoff: Backoff) {}

  get size(): number {
    return this.#topics.size;
  }

  has(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /** Whether the maximum is reached. */
  get isFull(): boolean {
    return this.#topics.size >= MAX_BLOCKED_TOPICS;
  }

  list(): BlockedTopic[] {
    return [...this.#topics].map(([topic, { cause, since }]) => ({ topic, cause, since }));
  }

  /** Records that a topic rejected its records. Returns whether to log it: the first time, then at a limited rate. */
  refused(topic: string, cause: string, now: number): boolean {
    const blocked = this.#topics.get(topic) ?? this.#add(topic, cause, now);
    blocked.cause = cause;
    blocked.tries += 1;
    const { backoffBaseMs, backoffCapMs } = this.backoff;
    blocked.retryAt = now + fullJitter(blocked.tries, backoffBaseMs, backoffCapMs);
    if (now < blocked.loggedAt + LOG_AGAIN_AFTER_MS) return false;
    blocked.loggedAt = now;
    return true;
  }

  /** Adds a topic with rows held back by another relay, or by this one before a restart; it is retried at once. */
  found(topic: string, now: number): void {
    if (!this.has(topic)) this.#add(topic, 'Its records were held back earlier.', now);
  }

  /** The topic accepts records again and has more of them waiting. */
  goesOn(topic: string, now: number): void {
    const blocked = this.#topics.get(topic);
    if (blocked) Object.assign(blocked, { tries: 0, retryAt: now });
  }

  /** Consecutive rejections. */
  tries(topic: string): number {
    return this.#topics.get(topic)?.tries ?? 0;
  }

  open(topic: string): void {
    this.#topics.delete(topic);
  }

  /** The topic to retry now, if any. */
  due(now: number): string | undefined {
    if (now < this.#restUntil) return undefined;
    const [first] = [...this.#topics].sort(([, one], [, other]) => one.retryAt - other.retryAt);
    return first && first[1].retryAt <= now ? first[0] : undefined;
  }

  /** A retry failed after this time. */
  rest(tookMs: number, now: number): void {
    this.#restUntil = now + REST_PER_TRY * tookMs;
  }

  #add(topic: string, cause: string, now: number): Blocked {
    const blocked = { cause, since: new Date(), tries: 0, retryAt: now, loggedAt: Number.NEGATIVE_INFINITY };
    this.#topics.set(topic, blocked);
    return blocked;
  }
}

/**
 * Returns the pause in ms after consecutive failure number `attempt` (from 1): a random part of a pause that doubles up to a cap.
 * "Full jitter" spreads the retries of callers that failed together.
 */
export function fullJitter(attempt: number, baseMs: number, capMs: number, random: () => number = Math.random): number {
  return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
