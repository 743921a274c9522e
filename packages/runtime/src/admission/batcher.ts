import { type Submission, SubmissionQueue, type Waiting } from './submission-queue.js';

/** Where what arrives comes from. Each has a line of its own, so that no crowd in one starves another. */
export type Lane = 'records' | 'commands' | 'clocks';

const LANES: readonly Lane[] = ['records', 'clocks', 'commands'];
/** Whose line fills a batch first, in turn, and what room is left the others fill. Records have half of the turns: they carry on what was accepted. */
const TURNS: readonly Lane[] = ['records', 'commands', 'records', 'clocks'];

/** How much one batch takes at most. */
export interface BatchLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** What is submitted beside the items themselves. */
export interface Submitting {
  readonly lane: Lane;
  /** About how much memory they hold. */
  readonly bytes?: number;
  /** Whether nobody waits for them any more: then they are left out. */
  readonly isGone?: (() => boolean) | undefined;
}

/**
 * Turns what arrives one by one into batches: what arrives while one runs forms the next, which begins as soon as that one is done. Nobody
 * waits for company: at rest a single item runs at once, and batches grow, up to their limits, by the time that each takes.
 */
export class Batcher<Item, Result> {
  private readonly lines: Readonly<Record<Lane, SubmissionQueue<Item, Result>>> = {
    records: new SubmissionQueue(),
    commands: new SubmissionQueue(),
    clocks: new SubmissionQueue(),
  };
  private turn = 0;
  private running = false;

  constructor(
    private readonly run: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly limits: BatchLimits,
  ) {}

  /** Resolves with a result for each item once their batch is durable. Items of one lane keep the order they are submitted in. */
  submit(items: readonly Item[], { lane, bytes = 0, isGone }: Submitting): Promise<readonly Result[]> {
    if (items.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.lines[lane].push({ items, bytes, at: Date.now(), isGone, resolve, reject });
      if (this.running) return;
      this.running = true;
      // What else arrives in this turn of the event loop shares the batch.
      setImmediate(() => void this.drain());
    });
  }

  waiting(lane: Lane): Waiting {
    return this.lines[lane].waiting;
  }

  /** Rejects what has waited in a lane since before this moment, in milliseconds since 1970, and was not begun. Says how many. */
  shed(lane: Lane, before: number, error: () => unknown): number {
    return this.lines[lane].shed(before, error);
  }

  private async drain(): Promise<void> {
    for (let together = this.next(); together.length > 0; together = this.next()) {
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
    }
    this.running = false;
  }

  private next(): Submission<Item, Result>[] {
    const room = { items: this.limits.maxItems, bytes: this.limits.maxBytes };
    const batch: Submission<Item, Result>[] = [];
    const first = this.whoseTurn();
    this.lines[first].take(room, batch);
    for (const lane of LANES) if (lane !== first) this.lines[lane].take(room, batch);
    return batch;
  }

  /** A turn of a lane in which nothing waits passes to the next. */
  private whoseTurn(): Lane {
    for (let tried = 0; tried < TURNS.length; tried++) {
      const lane = TURNS[this.turn++ % TURNS.length]!;
      if (!this.lines[lane].isEmpty) return lane;
    }
    return LANES[0]!;
  }
}
