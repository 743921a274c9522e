import { fullJitter } from './backoff.js';

/** More than a system has: beyond, somebody writes rows with topics that were made up. */
const MAX_BLOCKED_TOPICS = 1_000;
/** A try that takes long is made seldom: trying blocked topics costs the others at most a tenth of the time. */
const REST_PER_TRY = 9;
const TELL_AGAIN_AFTER_MS = 600_000;

/** A topic that takes no records for now. */
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
  toldAt: number;
}

type Backoff = { readonly backoffBaseMs: number; readonly backoffCapMs: number };

/** Which topics take no records, why, and when each is tried again. What waits for them is in the table. Times are of `performance.now()`. */
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

  /** No further topic can be blocked. */
  get isFull(): boolean {
    return this.#topics.size >= MAX_BLOCKED_TOPICS;
  }

  list(): BlockedTopic[] {
    return [...this.#topics].map(([topic, { cause, since }]) => ({ topic, cause, since }));
  }

  /** Notes that a topic refused its records. Says whether that is worth telling: at first, and then seldom. */
  refused(topic: string, cause: string, now: number): boolean {
    const blocked = this.#topics.get(topic) ?? this.#add(topic, cause, now);
    blocked.cause = cause;
    blocked.tries += 1;
    const { backoffBaseMs, backoffCapMs } = this.backoff;
    blocked.retryAt = now + fullJitter(blocked.tries, backoffBaseMs, backoffCapMs);
    if (now < blocked.toldAt + TELL_AGAIN_AFTER_MS) return false;
    blocked.toldAt = now;
    return true;
  }

  /** Rows of it were found that another relay, or this one in another life, held back: it is tried at once. */
  found(topic: string, now: number): void {
    if (!this.has(topic)) this.#add(topic, 'Records of it were held back before.', now);
  }

  /** It takes records, and there are more of them. */
  goesOn(topic: string, now: number): void {
    const blocked = this.#topics.get(topic);
    if (blocked) Object.assign(blocked, { tries: 0, retryAt: now });
  }

  /** How often it has refused in a row. */
  tries(topic: string): number {
    return this.#topics.get(topic)?.tries ?? 0;
  }

  open(topic: string): void {
    this.#topics.delete(topic);
  }

  /** The one that is to be tried now, if any. */
  due(now: number): string | undefined {
    if (now < this.#restUntil) return undefined;
    const [first] = [...this.#topics].sort(([, one], [, other]) => one.retryAt - other.retryAt);
    return first && first[1].retryAt <= now ? first[0] : undefined;
  }

  /** A try that failed took so long. */
  rest(tookMs: number, now: number): void {
    this.#restUntil = now + REST_PER_TRY * tookMs;
  }

  #add(topic: string, cause: string, now: number): Blocked {
    const blocked = { cause, since: new Date(), tries: 0, retryAt: now, toldAt: Number.NEGATIVE_INFINITY };
    this.#topics.set(topic, blocked);
    return blocked;
  }
}
