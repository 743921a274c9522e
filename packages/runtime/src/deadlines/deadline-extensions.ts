import type { Tx } from '@quadrille/choreography';
import { mayPass, retryConflicts, scopeOf, send, settleAll, transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import { hurry } from '../batch/held.js';
import type { DeadlineExtension } from '../input.js';
import { extendDeadlines } from './deadlines.js';

/**
 * Buffers deadline extensions until they are flushed. Most sagas end before that and need no flush, so progress costs neither a
 * row nor a transaction. Nothing is lost: offsets are committed only after {@link DeadlineExtensions.write}, and after a crash
 * the same events give the same extension again.
 */
export class DeadlineExtensions {
  /** By step, then by key: time of the latest extending event, ms since 1970. */
  private readonly added = new Map<string, Map<string, number>>();
  private written: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly seconds: number,
  ) {}

  add({ step, key, at }: DeadlineExtension): void {
    // A sender whose clock is ahead extends to at most the full time from now.
    const occurredAt = Math.min(Date.parse(at), Date.now());
    const keys = this.added.get(step.name) ?? new Map<string, number>();
    this.added.set(step.name, keys);
    if (occurredAt > (keys.get(key) ?? 0)) keys.set(key, occurredAt);
  }

  /** Drops the extension of a stopped deadline. */
  discard(step: string, key: string): void {
    this.added.get(step)?.delete(key);
  }

  /**
   * Writes all extensions buffered before this call. Rejects if the database is unavailable; they stay buffered for the next
   * call.
   */
  write(): Promise<void> {
    const writing = this.written.then(() => this.writeAll());
    this.written = writing.catch(() => {});
    return writing;
  }

  private async writeAll(): Promise<void> {
    for (const [step, keys] of this.added) {
      if (keys.size === 0) continue;
      await this.writeSome(step, [...keys], (key, occurredAt) => {
        if (keys.get(key) === occurredAt) keys.delete(key);
      });
    }
  }

  /** Writes all in one statement. On an error it halves them until the failing one is alone, and drops that one. */
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
      // A locked row stays buffered for the next call. Any other failing row gets no extension.
      if (scope === 'locked' || scope === 'conflict') return;
    }
    for (const each of some) done(...each);
  }

  private inOne(step: string, some: readonly KeyAndTime[]): Promise<void> {
    const keys = some.map(([key]) => key);
    const times = some.map(([, occurredAt]) => new Date(occurredAt).toISOString());
    const extend = (tx: Tx) => settleAll([hurry(tx), send(tx, [extendDeadlines(step, keys, times, this.seconds)])]);
    return retryConflicts(() => transaction(this.pool, extend)).then(() => {});
  }
}

type KeyAndTime = readonly [key: string, occurredAt: number];
