import { crashPoint } from '@quadrille/crash-points';
import type { Offsets } from 'kafkajs';
import type { Limits } from './limits.js';
import type { Log } from './log.js';
import { OffsetTracker } from './offset-tracker.js';
import { withTimeout } from './with-timeout.js';

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

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.now(), this.limits.commitIntervalMs);
  }
}
