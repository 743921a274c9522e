import type { FaultSwitch } from '../snapshot.js';
import { keyOf } from './switches.js';

const EVERY_MS = 1_000;

type Fault = Pick<FaultSwitch, 'fault' | 'target'>;

/** Faults that were to be lifted while nobody answered. As long as there are any, they are tried again. */
export class PendingRecoveries {
  private readonly owed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tryAgain: () => Promise<void>,
    private readonly everyMs = EVERY_MS,
  ) {}

  has(fault: Fault): boolean {
    return this.owed.has(keyOf(fault));
  }

  add(fault: Fault): void {
    this.owed.add(keyOf(fault));
    this.timer ??= this.later();
  }

  settle(fault: Fault): void {
    this.owed.delete(keyOf(fault));
  }

  forget(): void {
    this.owed.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** The next try begins when the one before has ended, however long nobody answers. */
  private later(): NodeJS.Timeout {
    const timer = setTimeout(async () => {
      // What goes wrong is tried again; it was told when the lift was asked for.
      await this.tryAgain().catch(() => {});
      this.timer = this.owed.size > 0 ? this.later() : undefined;
    }, this.everyMs);
    return timer.unref();
  }
}
