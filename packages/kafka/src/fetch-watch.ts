/// <reference path="./kafkajs-inside.d.ts" />
import protocolError from 'kafkajs/src/protocol/error.js';
import { backoffMs, type Limits } from './limits.js';
import type { Log } from './log.js';
import type { OffsetOf } from './record-codec.js';
import type { PartitionResponse } from './records/fetch-response.js';

const NONE = 0;
const OFFSET_OUT_OF_RANGE = 1;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
/** Errors of one partition that must not fail the fetch of the others: damaged, refused, disk error, or unknown. */
const OF_ONE_PARTITION: ReadonlySet<number> = new Set([-1, 2, 29, 56]);

/** A partition whose records cannot be fetched at the moment. */
export interface FailingPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly error: string;
  /** Consecutive failed fetches. */
  readonly attempts: number;
  /** Epoch milliseconds of the first of them. */
  readonly since: number;
}

/** Pauses a partition, and resumes it. */
interface Fetching {
  pause(topic: string, partition: number): void;
  resume(topic: string, partition: number): void;
  /** Records were removed before this group consumed them: at most this many. */
  lost(records: number): void;
}

/**
 * Inspects each partition's response to a fetch. A failing partition is fetched again after a growing pause, while the others
 * continue; and removed records are reported.
 */
export class FetchWatch {
  readonly #failing = new Map<string, FailingPartition>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Offsets that brokers no longer have, by place. */
  readonly #outOfRange = new Map<
    string,
    { readonly topic: string; readonly partition: number; readonly from: string }
  >();

  constructor(
    private readonly limits: Pick<Limits, 'firstRetryMs' | 'retryCapMs'>,
    private readonly log: Log,
    private readonly fetching: Fetching,
  ) {}

  get failing(): readonly FailingPartition[] {
    return [...this.#failing.values()];
  }

  readonly look = (offsetOf: OffsetOf, answers: readonly PartitionResponse[]): void => {
    this.#reportLost(offsetOf);
    const failed = new Set<string>();
    for (const answer of answers) {
      if (answer.errorCode === NONE && !answer.unreadable) continue;
      failed.add(placeOf(answer));
      this.#handle(answer, offsetOf);
    }
    // Also partitions without a response: a healthy one without new records is omitted from a response.
    for (const [place, { topic, partition }] of this.#failing) {
      if (!failed.has(place) && offsetOf(topic, partition) !== undefined) this.#failing.delete(place);
    }
  };

  /** The assigned partitions, by topic: failures of others are discarded. */
  retain(assigned: ReadonlyMap<string, readonly number[]>): void {
    for (const [place, { topic, partition }] of this.#failing) {
      if (assigned.get(topic)?.includes(partition)) continue;
      this.#failing.delete(place);
      clearTimeout(this.#timers.get(place));
      this.#timers.delete(place);
    }
  }

  /** kafkajs receives only errors that it can recover from. */
  #handle(answer: PartitionResponse, offsetOf: OffsetOf): void {
    const { topic, partition, errorCode, unreadable } = answer;
    const place = placeOf(answer);
    const offset = offsetOf(topic, partition)!;
    if (errorCode === OFFSET_OUT_OF_RANGE) this.#outOfRange.set(place, { topic, partition, from: offset });
    // kafkajs then rejoins the group, and so reads a recreated topic from the committed offsets; once is sufficient.
    const isGone = errorCode === UNKNOWN_TOPIC_OR_PARTITION;
    const isNews = isGone && !this.#failing.has(place);
    const refused =
      isGone || OF_ONE_PARTITION.has(errorCode) ? protocolError.createErrorFromCode(errorCode) : undefined;
    const error = refused ?? unreadable;
    if (!error) return;
    this.#fail(place, { topic, partition, offset: unreadable?.offset ?? offset, error: error.message });
    if (!isNews) answer.errorCode = NONE;
  }

  #fail(place: string, now: Pick<FailingPartition, 'topic' | 'partition' | 'offset' | 'error'>): void {
    const before = this.#failing.get(place);
    const attempts = (before?.attempts ?? 0) + 1;
    this.#failing.set(place, { ...now, attempts, since: before?.since ?? Date.now() });
    const { topic, partition } = now;
    const retryInMs = backoffMs(attempts - 1, this.limits.firstRetryMs, this.limits.retryCapMs);
    // At the first failure, then at growing intervals.
    if ((attempts & (attempts - 1)) === 0) {
      this.log.error({ ...now, attempts, retryInMs }, 'Partition could not be fetched; the others continue.');
    }
    this.fetching.pause(topic, partition);
    clearTimeout(this.#timers.get(place));
    const timer = setTimeout(() => {
      this.#timers.delete(place);
      this.fetching.resume(topic, partition);
    }, retryInMs);
    this.#timers.set(place, timer);
  }

  /** kafkajs continues at the earliest existing offset, which its next request reveals. */
  #reportLost(offsetOf: OffsetOf): void {
    for (const [place, { topic, partition, from }] of this.#outOfRange) {
      const to = offsetOf(topic, partition);
      if (to === undefined || to === from) continue;
      this.#outOfRange.delete(place);
      const lost = Number(BigInt(to) - BigInt(from));
      if (lost > 0) {
        this.fetching.lost(lost);
        this.log.error({ topic, partition, from, to, lost }, 'Records were removed before this group consumed them.');
      } else {
        this.log.error(
          { topic, partition, from, to },
          'Partition ends before the committed offset; it is read from its beginning.',
        );
      }
    }
  }
}

const placeOf = ({ topic, partition }: Pick<PartitionResponse, 'topic' | 'partition'>): string =>
  `${topic}/${partition}`;
