import { cloudEventType, deadlineOf, type EventType, type Rows, type Write } from '@quadrille/choreography';
import type { Decided } from '../batch/step-executor.js';
import type { Input, Outcome, Unreadable } from '../input.js';
import { extendDeadlines, startDeadlines, stopDeadlines } from './deadlines.js';

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
