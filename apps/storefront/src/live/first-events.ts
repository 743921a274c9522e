import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { knownOrders } from '../persistence/find-saga.js';

const LOOK_EVERY_MS = 50;

/** Who waits for the first event of an order that was placed just now. However many wait, they share one look at the database. */
@Injectable()
export class FirstEvents {
  private readonly waiting = new Map<string, Set<() => void>>();
  private looking = false;

  constructor(private readonly dataSource: DataSource) {}

  /** How many wait at the moment. */
  get size(): number {
    return [...this.waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Resolves when an event of the order is known, when the time is over, or when nobody wants to know any more. */
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
      // While the database is away nothing becomes known; who waits asks it once more, and is told.
      const known = await knownOrders(this.dataSource, [...this.waiting.keys()]).catch(() => []);
      for (const orderId of known) {
        for (const resolve of this.waiting.get(orderId) ?? []) resolve();
        this.waiting.delete(orderId);
      }
    }
    this.looking = false;
  }
}
