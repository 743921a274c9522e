/** Over how long the pace of endings is reckoned, a second at a time. */
const WINDOW_SECONDS = 10;
/** A pace that was watched for less time says nothing. */
const LEAST_SECONDS = 2;

/** Bounds of a backlog. */
export interface BacklogLimits {
  /** So many sagas may always be open: a quiet shop whose neighbour is away goes on taking orders. */
  readonly freeSagas: number;
  /** The longest a new saga may be expected to wait for those before it. */
  readonly maxWaitMs: number;
}

/**
 * How far behind the sagas are, by Little's law: those that are open, divided by how many end in a second, is how long a new one will
 * take. The pace is taken only from the time in which more are open than may always be: before, they end as seldom as they begin.
 * Pure: whoever tells it something says what time it is, in milliseconds since 1970.
 */
export class SagaBacklog {
  private open = 0;
  /** Endings by the second since 1970. */
  private readonly ended = new Map<number, number>();
  private busySince: number | undefined;

  constructor(private readonly limits: BacklogLimits) {}

  /** What a batch has made durable: sagas that began and sagas that ended. */
  count(began: number, ended: number, now: number): void {
    this.open = Math.max(0, this.open + began - ended);
    const second = Math.floor(now / 1_000);
    if (ended > 0) this.ended.set(second, (this.ended.get(second) ?? 0) + ended);
    for (const old of this.ended.keys()) if (old < second - WINDOW_SECONDS) this.ended.delete(old);
    this.watch(now);
  }

  /** How many the database says are open: also those that other instances began, and without those that were ended there. */
  correct(open: number, now: number): void {
    this.open = open;
    this.watch(now);
  }

  /** How long a saga that begins now is expected to take; 0 while as few are open as may always be, or too little is known. */
  expectedWaitMs(now: number): number {
    if (this.busySince === undefined) return 0;
    const seconds = Math.min(WINDOW_SECONDS, (now - this.busySince) / 1_000);
    if (seconds < LEAST_SECONDS) return 0;
    const from = now / 1_000 - seconds;
    let endings = 0;
    for (const [second, count] of this.ended) if (second >= Math.floor(from)) endings += count;
    return endings === 0 ? Number.POSITIVE_INFINITY : (this.open / (endings / seconds)) * 1_000;
  }

  /** How much longer than it may a new saga would wait; 0 when it may begin. */
  excessMs(now: number): number {
    return Math.max(0, this.expectedWaitMs(now) - this.limits.maxWaitMs);
  }

  private watch(now: number): void {
    if (this.open <= this.limits.freeSagas) this.busySince = undefined;
    else this.busySince ??= now;
  }
}
