import type { Pool } from 'pg';
import { extendDeadlines } from './deadlines.js';
import type { ExtensionInput } from './input.js';
import { retryConflicts } from './retry-conflicts.js';
import { transaction } from './transaction.js';

/**
 * What was heard that gives clocks more time, until it is written. Most sagas are over before that, and then it need not be: so progress
 * costs neither a row nor a transaction of its own. Nothing is lost, since offsets are committed only after {@link MoreTime.write}, and
 * what is heard again after a crash gives the same time again.
 */
export class MoreTime {
  /** By step, then by key: when its latest progress was said, milliseconds since 1970. */
  private readonly heard = new Map<string, Map<string, number>>();
  private written: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly seconds: number,
  ) {}

  hear({ step, key, at }: ExtensionInput): void {
    // A sender whose clock is ahead gives no more than the time from now.
    const saidAt = Math.min(Date.parse(at), Date.now());
    const keys = this.heard.get(step.name) ?? new Map<string, number>();
    this.heard.set(step.name, keys);
    if (saidAt > (keys.get(key) ?? 0)) keys.set(key, saidAt);
  }

  /** The clock has been stopped: it needs no more time. */
  forget(step: string, key: string): void {
    this.heard.get(step)?.delete(key);
  }

  /** Writes what was heard before this call. Rejects when the database does not take it; then it is kept for the next time. */
  write(): Promise<void> {
    const writing = this.written.then(() => this.writeAll());
    this.written = writing.catch(() => {});
    return writing;
  }

  private async writeAll(): Promise<void> {
    for (const [step, keys] of this.heard) {
      if (keys.size === 0) continue;
      const batch = [...keys];
      const times = batch.map(([, saidAt]) => new Date(saidAt).toISOString());
      await retryConflicts(() =>
        transaction(this.pool, (tx) =>
          extendDeadlines(
            tx,
            step,
            batch.map(([key]) => key),
            times,
            this.seconds,
          ),
        ),
      );
      for (const [key, saidAt] of batch) if (keys.get(key) === saidAt) keys.delete(key);
    }
  }
}
