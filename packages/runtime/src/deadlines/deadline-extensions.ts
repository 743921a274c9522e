import type { Tx } from '@quadrille/choreography';
import { mayPass, retryConflicts, scopeOf, send, settleAll, transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import { hurry } from '../batch/held.js';
import type { DeadlineExtension } from '../input.js';
import { extendDeadlines } from './deadlines.js';

/**
 * What was heard that gives clocks more time, until it is written. Most sagas are over before that, and then it need not be: so progress
 * costs neither a row nor a transaction of its own. Nothing is lost, since offsets are committed only after {@link DeadlineExtensions.write}, and
 * what is heard again after a crash gives the same time again.
 */
export class DeadlineExtensions {
  /** By step, then by key: when its latest progress was said, milliseconds since 1970. */
  private readonly added = new Map<string, Map<string, number>>();
  private written: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly seconds: number,
  ) {}

  add({ step, key, at }: DeadlineExtension): void {
    // A sender whose clock is ahead gives no more than the time from now.
    const saidAt = Math.min(Date.parse(at), Date.now());
    const keys = this.added.get(step.name) ?? new Map<string, number>();
    this.added.set(step.name, keys);
    if (saidAt > (keys.get(key) ?? 0)) keys.set(key, saidAt);
  }

  /** The clock has been stopped: it needs no more time. */
  discard(step: string, key: string): void {
    this.added.get(step)?.delete(key);
  }

  /** Writes what was heard before this call. Rejects when the database cannot be used; then it is kept for the next time. */
  write(): Promise<void> {
    const writing = this.written.then(() => this.writeAll());
    this.written = writing.catch(() => {});
    return writing;
  }

  private async writeAll(): Promise<void> {
    for (const [step, keys] of this.added) {
      if (keys.size === 0) continue;
      await this.writeSome(step, [...keys], (key, saidAt) => {
        if (keys.get(key) === saidAt) keys.delete(key);
      });
    }
  }

  /** All in one statement; where one of them cannot be written, halved until that one stands alone. It is left out. */
  private async writeSome(step: string, some: readonly KeyAndTime[], done: (...of: KeyAndTime) => void): Promise<void> {
    try {
      await this.inOne(step, some);
    } catch (error) {
      const scope = scopeOf(error);
      if (mayPass(scope)) throw error;
      if (some.length > 1) {
        const middle = Math.ceil(some.length / 2);
        await this.writeSome(step, some.slice(0, middle), done);
        return this.writeSome(step, some.slice(middle), done);
      }
      // What is locked is kept for the next time; what cannot be written gives its clock no more time.
      if (scope === 'locked' || scope === 'conflict') return;
    }
    for (const each of some) done(...each);
  }

  private inOne(step: string, some: readonly KeyAndTime[]): Promise<void> {
    const keys = some.map(([key]) => key);
    const times = some.map(([, saidAt]) => new Date(saidAt).toISOString());
    const extend = (tx: Tx) => settleAll([hurry(tx), send(tx, [extendDeadlines(step, keys, times, this.seconds)])]);
    return retryConflicts(() => transaction(this.pool, extend)).then(() => {});
  }
}

type KeyAndTime = readonly [key: string, saidAt: number];
