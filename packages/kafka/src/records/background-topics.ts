import type { FetchRequest } from './fetch-request.js';

/**
 * Leaves topics that nothing waits for out of most fetches of one broker: their records then wake up the process a few times per second
 * instead of one by one. A fetch without them ends when they are due again.
 */
export class BackgroundTopics {
  #fetchedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly topics: ReadonlySet<string>,
    private readonly intervalMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The part of a fetch that is due; the whole fetch if it has no other topics, because a fetch must have one. */
  due<Fetch extends Pick<FetchRequest, 'topics' | 'maxWaitTime'>>(fetch: Fetch): Fetch {
    const others = fetch.topics.filter(({ topic }) => !this.topics.has(topic));
    if (others.length === 0 || others.length === fetch.topics.length) return fetch;
    const now = this.now();
    const leftMs = Math.ceil(this.#fetchedAt + this.intervalMs - now);
    if (leftMs > 0) return { ...fetch, topics: others, maxWaitTime: Math.min(fetch.maxWaitTime, leftMs) };
    this.#fetchedAt = now;
    return fetch;
  }
}
