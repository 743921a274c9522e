import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** A batch pays for its own cost with so many times as much rest, as long as it may. */
const REST_FOR_WORK = 9;

/**
 * At small load each thing that arrives is a batch of its own, and most of its cost is that of the batch: of waking up and of every
 * round trip. So the next batch waits a moment for company: the longer, the more of its time this process works, and never so
 * that two batches begin more than `mostMs` apart. Who has all it can do is late anyway and does not wait, nor who did nothing before.
 */
export class Pace {
  #began: EventLoopUtilization;

  constructor(
    private readonly mostMs: number,
    private readonly utilization: () => EventLoopUtilization = performance.eventLoopUtilization,
  ) {
    this.#began = utilization();
  }

  /** A batch begins. */
  begin(): void {
    this.#began = this.utilization();
  }

  /** When the batch is done: how many milliseconds the next should wait. */
  restMs(): number {
    const now = this.utilization();
    const [worked, rested] = [now.active - this.#began.active, now.idle - this.#began.idle];
    return Math.max(0, Math.min(worked * REST_FOR_WORK - rested, this.mostMs - worked - rested));
  }
}
