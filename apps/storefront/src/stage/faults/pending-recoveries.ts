import type { FaultSwitch } from '../snapshot.js';
import { keyOf } from './switches.js';

const EVERY_MS = 1_000;

type Fault = Pick<FaultSwitch, 'fault' | 'target'>;

/** Faults that could not be lifted because a service did not respond. Lifting is retried while there are any. */
export class PendingRecoveries {
  private readonly recoveryPending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tryAgain: () => Promise<void>,
    private readonly everyMs = EVERY_MS,
  ) {}

  has(fault: Fault): boolean {
    return this.recoveryPending.has(keyOf(fault));
  }

  add(fault: Fault): void {
    this.recoveryPending.add(keyOf(fault));
    this.timer ??= this.later();
  }

  settle(fault: Fault): void {
    this.recoveryPending.delete(keyOf(fault));
  }

  clear(): void {
    this.recoveryPending.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** The next attempt begins after the previous one, for any timeout of a service. */
  private later(): NodeJS.Timeout {
    const timer = setTimeout(async () => {
      // A failure is retried; the lift's response has already reported it.
      await this.tryAgain().catch(() => {});
      this.timer = this.recoveryPending.size > 0 ? this.later() : undefined;
    }, this.everyMs);
    return timer.unref();
  }
}
