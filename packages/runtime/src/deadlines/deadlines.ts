import { cloudEventType, deadlineOf, type EventType, type Rows, type Tx, type Write } from '@quadrille/choreography';
import { isTransient, retryConflicts, scopeOf, send, settleAll, transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import { hurry } from '../batch/held.js';
import type { Decided } from '../batch/step-executor.js';
import type { DeadlineExtension, Input, Outcome, Unreadable } from '../input.js';
import { extendDeadlines, startDeadlines, stopDeadlines } from './deadline-rows.js';

/** Retry interval in seconds of a deadline whose step failed. */
const REFIRE_AFTER_SECONDS = 5;

/** One deadline row of this service, with the types of events that start and stop it. */
interface DeadlineRow {
  readonly step: string;
  readonly starts: ReadonlySet<string>;
  readonly stops: ReadonlySet<string>;
}

/** Starts and stops deadlines of a service's rows, in the transaction of the batch that emits the events. */
export class DeadlineScheduler {
  readonly deadlineRows: readonly DeadlineRow[];

  constructor(
    rows: Rows,
    service: string,
    private readonly deadlineSeconds: number,
  ) {
    this.deadlineRows = Object.entries(rows).flatMap(([step, row]) => {
      const deadline = row.service === service ? deadlineOf(row) : undefined;
      return deadline ? [{ step, starts: typesOf([deadline.startedBy]), stops: typesOf(deadline.stoppedBy) }] : [];
    });
  }

  writes(batch: readonly (Input | Unreadable)[], decided: readonly Decided[]): Write[] {
    return this.deadlineRows.flatMap((row) => this.writesOf(row, batch, decided));
  }

  /** Returns the deadlines stopped by these outcomes: step names, each with its keys. */
  stoppedBy(outcomes: readonly Outcome[]): { readonly step: string; readonly keys: readonly string[] }[] {
    return this.deadlineRows.map(({ step, stops }) => ({ step, keys: keysOfEvents(outcomes, stops) }));
  }

  private writesOf(
    { step, starts, stops }: DeadlineRow,
    batch: readonly (Input | Unreadable)[],
    decided: readonly Decided[],
  ): Write[] {
    const starting = keysOfEvents(decided, starts);
    const stopping = [
      ...keysOfEvents(decided, stops),
      // A deadline that ran its step is over, unless the step failed.
      ...batch.flatMap((input, at) => (input.from === 'deadline' && !isFailed(decided[at]!) ? [input.key] : [])),
    ];
    // Postponed, so that deadlines whose step always fails do not stay first in order.
    const failing = batch.flatMap((input, at) =>
      input.from === 'deadline' && isFailed(decided[at]!) ? [input.key] : [],
    );
    const now = failing.map(() => new Date().toISOString());
    return [
      ...(failing.length > 0 ? [extendDeadlines(step, failing, now, REFIRE_AFTER_SECONDS)] : []),
      ...(starting.length > 0 ? [startDeadlines(step, starting, this.deadlineSeconds)] : []),
      ...(stopping.length > 0 ? [stopDeadlines(step, stopping)] : []),
    ];
  }
}

const typesOf = (events: readonly EventType[]): ReadonlySet<string> => new Set(events.map(cloudEventType));

const keysOfEvents = (decided: readonly Decided[], types: ReadonlySet<string>): string[] =>
  decided.flatMap((each) =>
    each !== 'blocked' && 'event' in each && types.has(each.event.type) ? [each.event.subject] : [],
  );

const isFailed = (decided: Decided): boolean => decided !== 'blocked' && 'failed' in decided;

/**
 * Buffers deadline extensions until they are flushed. Most sagas end before that and need no flush, so progress costs neither a
 * row nor a transaction. Nothing is lost: offsets are committed only after {@link DeadlineExtensions.write}, and after a crash
 * the same events give the same extension again.
 */
export class DeadlineExtensions {
  /** By step, then by key: time of the latest extending event, ms since 1970. */
  private readonly added = new Map<string, Map<string, number>>();
  private written: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly seconds: number,
  ) {}

  add({ step, key, at }: DeadlineExtension): void {
    // A sender whose clock is ahead extends to at most the full time from now.
    const occurredAt = Math.min(Date.parse(at), Date.now());
    const keys = this.added.get(step.name) ?? new Map<string, number>();
    this.added.set(step.name, keys);
    if (occurredAt > (keys.get(key) ?? 0)) keys.set(key, occurredAt);
  }

  /** Drops the extension of a stopped deadline. */
  discard(step: string, key: string): void {
    this.added.get(step)?.delete(key);
  }

  /**
   * Writes all extensions buffered before this call. Rejects if the database is unavailable; they stay buffered for the next
   * call.
   */
  write(): Promise<void> {
    const writing = this.written.then(() => this.writeAll());
    this.written = writing.catch(() => {});
    return writing;
  }

  private async writeAll(): Promise<void> {
    for (const [step, keys] of this.added) {
      if (keys.size === 0) continue;
      await this.writeSome(step, [...keys], (key, occurredAt) => {
        if (keys.get(key) === occurredAt) keys.delete(key);
      });
    }
  }

  /** Writes all in one statement. On an error it halves them until the failing one is alone, and drops that one. */
  private async writeSome(step: string, some: readonly KeyAndTime[], done: (...of: KeyAndTime) => void): Promise<void> {
    try {
      await this.inOne(step, some);
    } catch (error) {
      const scope = scopeOf(error);
      if (isTransient(scope)) throw error;
      if (some.length > 1) {
        const middle = Math.ceil(some.length / 2);
        await this.writeSome(step, some.slice(0, middle), done);
        return this.writeSome(step, some.slice(middle), done);
      }
      // A locked row stays buffered for the next call. Any other failing row gets no extension.
      if (scope === 'locked' || scope === 'conflict') return;
    }
    for (const each of some) done(...each);
  }

  private inOne(step: string, some: readonly KeyAndTime[]): Promise<void> {
    const keys = some.map(([key]) => key);
    const times = some.map(([, occurredAt]) => new Date(occurredAt).toISOString());
    const extend = (tx: Tx) => settleAll([hurry(tx), send(tx, [extendDeadlines(step, keys, times, this.seconds)])]);
    return retryConflicts(() => transaction(this.pool, extend)).then(() => {});
  }
}

type KeyAndTime = readonly [key: string, occurredAt: number];
