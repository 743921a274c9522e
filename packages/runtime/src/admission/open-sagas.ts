import { cloudEventType, deadlineOf, type Rows, type Tx } from '@quadrille/choreography';
import { type Outcome, REPLAYED } from '../input.js';
import type { SagaWatch } from '../runtime-definition.js';

/** Sagas still open after this many deadlines are stuck: an operator handles them, and they count no longer. */
const STUCK_AFTER_DEADLINES = 4;

/** Counts sagas that this service begins and ends, from the outcomes of its batches and periodically from the database. */
export class OpenSagas {
  readonly backlog: SagaBacklog;
  private readonly beginnings: ReadonlySet<string>;
  private readonly endings: ReadonlySet<string>;
  /** The steps whose command begins a saga. */
  private readonly beginners: ReadonlySet<string>;

  constructor(
    rows: Rows,
    service: string,
    private readonly sagas: SagaWatch,
    private readonly deadlineSeconds: number,
    limits: BacklogLimits,
  ) {
    const ours = Object.entries(rows).filter(([, row]) => row.service === service);
    this.beginnings = new Set(ours.flatMap(([, row]) => deadlineOf(row)?.startedBy ?? []).map(cloudEventType));
    this.endings = new Set(Object.values(sagas.endings).map(cloudEventType));
    this.beginners = new Set(
      ours.flatMap(([step, row]) =>
        row.emits.some((event) => this.beginnings.has(cloudEventType(event))) ? [step] : [],
      ),
    );
    this.backlog = new SagaBacklog(limits);
  }

  begins(step: string): boolean {
    return this.beginners.has(step);
  }

  /** Counts outcomes of a committed batch. */
  count(outcomes: readonly Outcome[], now: number): void {
    let began = 0;
    let ended = 0;
    for (const outcome of outcomes) {
      if (!('event' in outcome) || REPLAYED.has(outcome)) continue;
      if (this.beginnings.has(outcome.event.type)) began++;
      else if (this.endings.has(outcome.event.type)) ended++;
    }
    this.backlog.count(began, ended, now);
  }

  async recount(tx: Tx): Promise<void> {
    const open = await this.sagas.open(tx, STUCK_AFTER_DEADLINES * this.deadlineSeconds);
    this.backlog.correct(open, Date.now());
  }
}

/** Window in seconds for the rate of endings, in buckets of one second. */
const WINDOW_SECONDS = 10;
/** A rate measured for a shorter time is ignored. */
const LEAST_SECONDS = 2;

/** Limits of a backlog. */
export interface BacklogLimits {
  /**
   * With this many open sagas or fewer, a new one is always admitted: an idle shop accepts orders while a downstream service is
   * unavailable.
   */
  readonly freeSagas: number;
  /** Maximum expected wait of a new saga for earlier ones, in ms. */
  readonly maxWaitMs: number;
}

/**
 * Estimates the duration of a new saga by Little's law: open sagas divided by sagas that end per second. The rate counts only
 * while more sagas are open than `freeSagas`: below that, sagas end as rarely as they begin. Pure: callers pass the time in ms
 * since 1970.
 */
export class SagaBacklog {
  private open = 0;
  /** Endings per second since 1970. */
  private readonly ended = new Map<number, number>();
  private busySince: number | undefined;

  constructor(private readonly limits: BacklogLimits) {}

  /** Counts sagas that began and ended in a committed batch. */
  count(began: number, ended: number, now: number): void {
    this.open = Math.max(0, this.open + began - ended);
    const second = Math.floor(now / 1_000);
    if (ended > 0) this.ended.set(second, (this.ended.get(second) ?? 0) + ended);
    for (const old of this.ended.keys()) if (old < second - WINDOW_SECONDS) this.ended.delete(old);
    this.watch(now);
  }

  /** Sets the open sagas to the count of the database, which includes other instances. */
  correct(open: number, now: number): void {
    this.open = open;
    this.watch(now);
  }

  /** Expected duration of a saga that begins now; 0 while at most `freeSagas` are open, or the rate is unknown. */
  expectedWaitMs(now: number): number {
    if (this.busySince === undefined) return 0;
    const seconds = Math.min(WINDOW_SECONDS, (now - this.busySince) / 1_000);
    if (seconds < LEAST_SECONDS) return 0;
    const from = now / 1_000 - seconds;
    let endings = 0;
    for (const [second, count] of this.ended) if (second >= Math.floor(from)) endings += count;
    return endings === 0 ? Number.POSITIVE_INFINITY : (this.open / (endings / seconds)) * 1_000;
  }

  /** Expected wait beyond the limit, in ms; 0 if a new saga may begin. */
  excessMs(now: number): number {
    return Math.max(0, this.expectedWaitMs(now) - this.limits.maxWaitMs);
  }

  private watch(now: number): void {
    if (this.open <= this.limits.freeSagas) this.busySince = undefined;
    else this.busySince ??= now;
  }
}
