import type { Pace } from '@quadrille/kafka/pace';

/**
 * Turns what arrives one by one into batches: while a batch runs, and as long as the pace demands after it, what arrives waits and
 * forms the next one. At rest a single item runs at once; under load batches grow until `maxItems`.
 */
export class Batcher<Item, Result> {
  private readonly waiting: Submission<Item, Result>[] = [];
  private waitingItems = 0;
  private running = false;
  private endRest: (() => void) | undefined;

  constructor(
    private readonly run: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly maxItems: number,
    private readonly pace: Pace,
  ) {}

  /** Resolves with a result for each item once their batch is durable. Items keep the order they are submitted in. */
  submit(items: readonly Item[]): Promise<readonly Result[]> {
    if (items.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.waiting.push({ items, resolve, reject });
      this.waitingItems += items.length;
      if (this.endRest && this.isFull()) this.endRest();
      if (this.running) return;
      this.running = true;
      // What else arrives in this turn of the event loop shares the batch.
      setImmediate(() => void this.drain());
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const together = this.next();
      this.pace.begin();
      try {
        const results = await this.run(together.flatMap((submission) => submission.items));
        let at = 0;
        for (const { items, resolve } of together) {
          resolve(results.slice(at, at + items.length));
          at += items.length;
        }
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
      await this.rest();
    }
    this.running = false;
  }

  /** Lets the next batch grow, until the pace allows it or it is full. */
  private async rest(): Promise<void> {
    const restMs = this.pace.restMs();
    if (restMs < 1 || this.isFull()) return;
    await new Promise<void>((rested) => {
      const timer = setTimeout(rested, restMs);
      this.endRest = () => {
        clearTimeout(timer);
        rested();
      };
    });
    this.endRest = undefined;
  }

  private isFull(): boolean {
    return this.waitingItems >= this.maxItems;
  }

  /** Whole submissions up to the limit; one that alone is over it still goes, alone. */
  private next(): Submission<Item, Result>[] {
    let count = 0;
    let size = 0;
    for (const { items } of this.waiting) {
      if (count > 0 && size + items.length > this.maxItems) break;
      count++;
      size += items.length;
    }
    this.waitingItems -= size;
    return this.waiting.splice(0, count);
  }
}

interface Submission<Item, Result> {
  readonly items: readonly Item[];
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
}
