import { checkout } from '@quadrille/contracts';
import type { DataSource } from 'typeorm';
import { latestSeq } from '../persistence/live-events.js';
import {
  countsBetween,
  endingsOfLast,
  eventsAt,
  reasonsBetween,
  sagasInFlight,
  sagasToLookAt,
} from '../persistence/stage-numbers.js';
import { type Counts, Sliding } from './sliding.js';
import type { MovingEvent, SagaNumbers } from './snapshot.js';

const RATE_WINDOW_SECONDS = 5;
const MINUTE_SECONDS = 60;
/** Maximum number of moving events per second: more cannot be followed by eye. */
const MAX_MOVING = 60;
/** Number of reported reasons of cancellations. */
const REASONS_SHOWN = 20;
/** Number of sample sagas, open and ended. */
const SAGAS_SHOWN = 5;

const rows: Readonly<Record<string, { readonly service: string }>> = checkout.rows;
const endings = new Set(Object.values(checkout.endings).map(({ name }) => name));

/** Reads the figures of the sagas, once per snapshot; its cost depends on the number of events only by counting them. */
export class SagaCounter {
  private readonly emitted = new Sliding(RATE_WINDOW_SECONDS);
  private readonly reasons = new Sliding(MINUTE_SECONDS);
  private seen: { readonly seq: number; readonly at: number } | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** Resets after a pause: events during the pause are no rate. */
  clear(): void {
    this.seen = undefined;
  }

  async look(at = Date.now()): Promise<{ sagas: SagaNumbers; moving: MovingEvent[] }> {
    const upTo = await latestSeq(this.dataSource);
    const { seq: after, at: before } = this.seen ?? { seq: upTo, at };
    const [counts, reasons, moving, inFlight, ended, sagas] = await Promise.all([
      countsBetween(this.dataSource, after, upTo),
      reasonsBetween(this.dataSource, after, upTo),
      eventsAt(this.dataSource, evenly(after, upTo, MAX_MOVING)),
      sagasInFlight(this.dataSource),
      endingsOfLast(this.dataSource, MINUTE_SECONDS),
      sagasToLookAt(this.dataSource, SAGAS_SHOWN),
    ]);
    this.seen = { seq: upTo, at };
    if (at > before) {
      this.emitted.add(
        at,
        at - before,
        Object.fromEntries(counts.map(({ step, type, count }) => [`${step} ${type}`, count])),
      );
      this.reasons.add(at, at - before, Object.fromEntries(reasons.map(({ reason, count }) => [reason, count])));
    }
    const endedAs = (state: string | null) => ended.find((row) => row.state === state);
    const of = (state: string) =>
      inFlight.filter((row) => row.state === state).reduce((sum, row) => sum + row.count, 0);
    const [p50, p95, p99] = (endedAs(null)?.latencies ?? []).map(Math.round);
    return {
      moving,
      sagas: {
        ...ratesOf(this.emitted.rates()),
        completed: endedAs('COMPLETED')?.count ?? 0,
        cancelled: endedAs('CANCELLED')?.count ?? 0,
        reasons: mostOf(this.reasons.totals()),
        inFlight: { running: of('running'), compensating: of('compensating') },
        awaited: inFlight.flatMap(({ step, service, count, since }) =>
          step !== null && service !== null ? [{ step, service, count, since }] : [],
        ),
        latencyMs: p50 === undefined ? null : { p50, p95: p95!, p99: p99! },
        sagas,
      },
    };
  }
}

/** The most frequent ones, because callers may cancel with any reason, and a snapshot is sent every second. */
const mostOf = (counts: Counts): Record<string, number> =>
  Object.fromEntries(
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .slice(0, REASONS_SHOWN),
  );

/** The rates per emission (`step Event`), summed up for the stage. */
export function ratesOf(
  sayings: Readonly<Record<string, number>>,
): Pick<SagaNumbers, 'eventsPerSecond' | 'byService' | 'byStep' | 'begunPerSecond' | 'endedPerSecond'> {
  const byService: Record<string, number> = {};
  const byStep: Record<string, number> = {};
  const sums = { eventsPerSecond: 0, begunPerSecond: 0, endedPerSecond: 0 };
  for (const [emission, rate] of Object.entries(sayings)) {
    const [step = '', event = ''] = emission.split(' ');
    const service = rows[step]?.service;
    if (service !== undefined) byService[service] = tenths((byService[service] ?? 0) + rate);
    byStep[step] = tenths((byStep[step] ?? 0) + rate);
    sums.eventsPerSecond = tenths(sums.eventsPerSecond + rate);
    if (event === 'OrderCreated') sums.begunPerSecond = tenths(sums.begunPerSecond + rate);
    if (endings.has(event)) sums.endedPerSecond = tenths(sums.endedPerSecond + rate);
  }
  return { ...sums, byService, byStep };
}

const tenths = (number: number): number => Math.round(number * 10) / 10;

/** Returns at most `count` whole numbers above `after` and up to `upTo`, evenly spaced, including the last one. */
export function evenly(after: number, upTo: number, count: number): number[] {
  const all = Math.max(0, upTo - after);
  const chosen = Math.min(all, count);
  return Array.from({ length: chosen }, (_, at) => upTo - Math.floor(((chosen - 1 - at) * all) / chosen));
}
