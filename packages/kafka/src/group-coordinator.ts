import { crashPoint } from '@quadrille/crash-points';
import type { Offsets } from 'kafkajs';
import { withTimeout } from './client.js';
import type { Limits } from './limits.js';
import type { Log } from './log.js';

/** Sends offsets to the group's coordinator, as the current member. */
export type SendOffsets = (offsets: Offsets) => Promise<void>;

/**
 * Commits the offsets of the partitions shortly after they advance. kafkajs' own `commitOffsetsIfNecessary()` does nothing
 * without an interval or a threshold (tulios/kafkajs#1729, #1014), and its `consumer.commitOffsets` does nothing while it stops.
 */
export class OffsetCommitter {
  readonly #tracker = new OffsetTracker();
  #send: SendOffsets | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasCommitted = false;

  constructor(
    private readonly limits: Pick<Limits, 'commitIntervalMs' | 'leaveTimeoutMs'>,
    private readonly settle: () => Promise<void>,
    private readonly log: Log,
  ) {}

  /** Sets the function that sends offsets from now on. */
  through(send: SendOffsets): void {
    this.#send = send;
  }

  /** All records up to and including this offset are processed. */
  advance(topic: string, partition: number, offset: string): void {
    this.#tracker.advance(topic, partition, offset);
    this.#soon();
  }

  /** Never rejects: uncommitted offsets are committed next time, or their records are redelivered and recognised. */
  async now(): Promise<void> {
    this.stop();
    const send = this.#send;
    if (!send || this.#tracker.isEmpty) return;
    // The offsets are fixed before settling: records that arrive during it are not among them.
    const settleAndSend = (offsets: Offsets) => this.settle().then(() => send(offsets));
    try {
      crashPoint('consumer.committing', this.log);
      await withTimeout(this.limits.leaveTimeoutMs, 'Committing', this.#tracker.commit(settleAndSend));
      this.#hasCommitted = true;
      crashPoint('consumer.committed', this.log);
    } catch (error) {
      this.log.debug({ error: (error as Error).message }, 'Offsets were not committed this time.');
    }
    if (!this.#tracker.isEmpty) this.#soon();
  }

  /** After a rejoin all members read from the committed offsets, so uncommitted ones are discarded. */
  discard(): void {
    this.#tracker.clear();
    this.stop();
  }

  /** Whether offsets were committed since the last call. */
  takeCommitted(): boolean {
    const hasCommitted = this.#hasCommitted;
    this.#hasCommitted = false;
    return hasCommitted;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.now(), this.limits.commitIntervalMs);
  }
}

/** The next offset of each partition with processed but uncommitted records. */
export class OffsetTracker {
  readonly #next = new Map<string, { topic: string; partition: number; offset: string }>();
  #commit: Promise<void> | undefined;

  get isEmpty(): boolean {
    return this.#next.size === 0;
  }

  /** The record at this offset and all before it are processed: Kafka counts from the next, hence + 1. */
  advance(topic: string, partition: number, offset: string): void {
    this.#next.set(`${topic}/${partition}`, { topic, partition, offset: String(BigInt(offset) + 1n) });
  }

  /** The partitions are reassigned, or are read again from the committed offsets. */
  clear(): void {
    this.#next.clear();
  }

  /** Commits all offsets in one request; those that advance during it stay for the next. One commit at a time. */
  async commit(send: (offsets: Offsets) => Promise<void>): Promise<void> {
    while (this.#commit) await this.#commit.catch(() => {});
    if (this.isEmpty) return;
    const sent = [...this.#next];
    this.#commit = send({ topics: byTopic(sent.map(([, position]) => position)) });
    try {
      await this.#commit;
      for (const [name, position] of sent) if (this.#next.get(name) === position) this.#next.delete(name);
    } finally {
      this.#commit = undefined;
    }
  }
}

function byTopic(tracker: { topic: string; partition: number; offset: string }[]): Offsets['topics'] {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  for (const { topic, partition, offset } of tracker) {
    topics.set(topic, [...(topics.get(topic) ?? []), { partition, offset }]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

/** Sends heartbeats while work takes longer than the session timeout (tulios/kafkajs#691, #375). */
export class Heartbeat {
  #working = 0;
  #timer: NodeJS.Timeout | undefined;
  #beat: () => Promise<void> = async () => {};

  constructor(
    private readonly everyMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Sends heartbeats until the work is done. */
  async during(beat: () => Promise<void>, work: Promise<void>): Promise<void> {
    this.#beat = beat;
    this.#working++;
    this.#timer ??= setInterval(() => this.#beat().catch(this.onError), this.everyMs);
    try {
      await work;
    } finally {
      if (--this.#working === 0) this.stop();
    }
  }

  /** The work is abandoned, so that the group does not wait for this member. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
