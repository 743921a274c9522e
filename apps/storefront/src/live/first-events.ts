import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { knownOrders } from '../persistence/find-saga.js';

const LOOK_EVERY_MS = 50;

/** Requests waiting for the first event of a new order. They share one query of the database, for any number. */
@Injectable()
export class FirstEvents {
  private readonly waiting = new Map<string, Set<() => void>>();
  private looking = false;

  constructor(private readonly dataSource: DataSource) {}

  /** The number of waiting requests. */
  get size(): number {
    return [...this.waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Resolves when an event of the order is known, the time is over, or the caller has disconnected. */
  async wait(orderId: string, withinMs: number, gone: AbortSignal): Promise<void> {
    const over = AbortSignal.any([gone, AbortSignal.timeout(withinMs)]);
    if (over.aborted) return;
    await new Promise<void>((resolve) => {
      const others = this.waiting.get(orderId) ?? new Set();
      this.waiting.set(orderId, others.add(resolve));
      over.addEventListener('abort', () => {
        others.delete(resolve);
        if (others.size === 0 && this.waiting.get(orderId) === others) this.waiting.delete(orderId);
        resolve();
      });
      void this.look();
    });
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    while (this.waiting.size > 0) {
      await pause(LOOK_EVERY_MS);
      // During an outage of the database nothing becomes known. The waiting request queries once more afterwards, and reports the
      // outage.
      const known = await knownOrders(this.dataSource, [...this.waiting.keys()]).catch(() => []);
      for (const orderId of known) {
        for (const resolve of this.waiting.get(orderId) ?? []) resolve();
        this.waiting.delete(orderId);
      }
    }
    this.looking = false;
  }
}
