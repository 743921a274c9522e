/** What was submitted together, with what waits for it. */
export interface Submission<Item, Result> {
  readonly items: readonly Item[];
  /** About how much memory it holds. */
  readonly bytes: number;
  /** When it was submitted, in milliseconds since 1970. */
  readonly at: number;
  /** Whether nobody waits for it any more. */
  readonly isGone?: (() => boolean) | undefined;
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
}

/** How much waits in a line. */
export interface Waiting {
  readonly items: number;
  readonly bytes: number;
  /** When the first of them was submitted, in milliseconds since 1970; undefined when none waits. */
  readonly since: number | undefined;
}

/** How much a batch still takes. */
export interface Capacity {
  items: number;
  bytes: number;
}

/** Whoever submitted this has hung up: nothing of it was begun. */
export class CallerGone extends Error {
  constructor() {
    super('The caller hung up before the command was begun.');
    this.name = 'CallerGone';
  }
}

/** Submissions of one kind in the order in which they came, with how much they are. */
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

  /** Whole submissions as long as there is room; where the batch has none yet, one that alone is over it still goes. */
  take(room: Capacity, batch: Submission<Item, Result>[]): void {
    this.leaveOut(({ isGone }) => (isGone?.() ? new CallerGone() : undefined));
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

  /** Rejects those that waited since before this moment. Says how many. */
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
