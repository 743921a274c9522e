/** Origin of inputs. Each lane has a queue of its own, so that a long queue in one does not starve another. */
export type Lane = 'records' | 'commands' | 'deadlines';

const LANES: readonly Lane[] = ['records', 'deadlines', 'commands'];
/**
 * The lane that fills a batch first, in turn; the others fill the rest. Records have half of the turns: they continue accepted
 * work.
 */
const TURNS: readonly Lane[] = ['records', 'commands', 'records', 'deadlines'];

/** Size limits of one batch. */
export interface BatchLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** Metadata of submitted items. */
export interface Submitting {
  readonly lane: Lane;
  /** Approximate memory of the items. */
  readonly bytes?: number;
  /** Whether the caller has disconnected: its items are then skipped. */
  readonly isGone?: (() => boolean) | undefined;
}

/**
 * Collects single items into batches: items that arrive while one batch runs form the next, which begins as soon as that one
 * ends. There is no linger: when idle, a single item runs at once, and batches grow up to their limits with the duration of each.
 */
export class Batcher<Item, Result> {
  private readonly lines: Readonly<Record<Lane, SubmissionQueue<Item, Result>>> = {
    records: new SubmissionQueue(),
    commands: new SubmissionQueue(),
    deadlines: new SubmissionQueue(),
  };
  private turn = 0;
  private running = false;

  constructor(
    private readonly run: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly limits: BatchLimits,
  ) {}

  /** Resolves with a result per item once their batch is durable. Items of one lane are processed in order. */
  submit(items: readonly Item[], { lane, bytes = 0, isGone }: Submitting): Promise<readonly Result[]> {
    if (items.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.lines[lane].push({ items, bytes, at: Date.now(), isGone, resolve, reject });
      if (this.running) return;
      this.running = true;
      // Items that arrive in the same turn of the event loop share the batch.
      setImmediate(() => void this.drain());
    });
  }

  waiting(lane: Lane): Waiting {
    return this.lines[lane].waiting;
  }

  /**
   * Rejects submissions of a lane that have waited since before this time (ms since 1970) and have not begun. Returns their
   * number.
   */
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
    const first = this.nextLane();
    this.lines[first].take(room, batch);
    for (const lane of LANES) if (lane !== first) this.lines[lane].take(room, batch);
    return batch;
  }

  /** Skips lanes without waiting items. */
  private nextLane(): Lane {
    for (let tried = 0; tried < TURNS.length; tried++) {
      const lane = TURNS[this.turn++ % TURNS.length]!;
      if (!this.lines[lane].isEmpty) return lane;
    }
    return LANES[0]!;
  }
}

/** Items submitted together, with the callbacks of their caller. */
export interface Submission<Item, Result> {
  readonly items: readonly Item[];
  /** Approximate memory of the items. */
  readonly bytes: number;
  /** Time of submission in ms since 1970. */
  readonly at: number;
  /** Whether the caller has disconnected. */
  readonly isGone?: (() => boolean) | undefined;
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Length of a queue. */
export interface Waiting {
  readonly items: number;
  readonly bytes: number;
  /** Time of the oldest submission in ms since 1970; undefined for an empty queue. */
  readonly since: number | undefined;
}

/** Remaining capacity of a batch. */
export interface Capacity {
  items: number;
  bytes: number;
}

/** The caller disconnected before its command began. */
export class CallerDisconnected extends Error {
  constructor() {
    super('The caller disconnected before the command began.');
    this.name = 'CallerDisconnected';
  }
}

/** Submissions of one lane in order of arrival, with their total size. */
export class SubmissionQueue<Item, Result> {
  private submissions: Submission<Item, Result>[] = [];
  private items = 0;
  private bytes = 0;

  get waiting(): Waiting {
    return { items: this.items, bytes: this.bytes, since: this.submissions[0]?.at };
  }

  get isEmpty(): boolean {
    return this.submissions.length === 0;
  }

  push(submission: Submission<Item, Result>): void {
    this.submissions.push(submission);
    this.items += submission.items.length;
    this.bytes += submission.bytes;
  }

  /** Takes whole submissions while they fit. An oversized submission still goes into an empty batch. */
  take(room: Capacity, batch: Submission<Item, Result>[]): void {
    this.leaveOut(({ isGone }) => (isGone?.() ? new CallerDisconnected() : undefined));
    let count = 0;
    for (const { items, bytes } of this.submissions) {
      if (batch.length + count > 0 && (items.length > room.items || bytes > room.bytes)) break;
      count++;
      room.items -= items.length;
      room.bytes -= bytes;
      this.items -= items.length;
      this.bytes -= bytes;
    }
    batch.push(...this.submissions.splice(0, count));
  }

  /** Rejects submissions older than this time. Returns their number. */
  shed(before: number, error: () => unknown): number {
    return this.leaveOut(({ at }) => (at < before ? error() : undefined));
  }

  private leaveOut(why: (submission: Submission<Item, Result>) => unknown): number {
    const left = this.submissions.length;
    this.submissions = this.submissions.filter((submission) => {
      const error = why(submission);
      if (error === undefined) return true;
      this.items -= submission.items.length;
      this.bytes -= submission.bytes;
      submission.reject(error);
      return false;
    });
    return left - this.submissions.length;
  }
}
