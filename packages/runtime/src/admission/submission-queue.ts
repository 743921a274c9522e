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
export class CallerGone extends Error {
  constructor() {
    super('The caller disconnected before the command began.');
    this.name = 'CallerGone';
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
