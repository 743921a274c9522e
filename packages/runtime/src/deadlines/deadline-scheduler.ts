import { cloudEventType, deadlineOf, type EventType, type Rows, type Write } from '@quadrille/choreography';
import type { Decided } from '../batch/step-executor.js';
import type { Input, Outcome, Unreadable } from '../input.js';
import { extendDeadlines, startDeadlines, stopDeadlines } from './deadlines.js';

/** When a clock strikes again whose step failed. */
const REFIRE_AFTER_SECONDS = 5;

/** One clock row of this service, and by which types of events it starts and stops. */
interface DeadlineRow {
  readonly step: string;
  readonly starts: ReadonlySet<string>;
  readonly stops: ReadonlySet<string>;
}

/** Keeps the clocks of a service's rows: what was said in a batch starts and stops them, in its transaction. */
export class DeadlineScheduler {
  readonly deadlineRows: readonly DeadlineRow[];

  constructor(
    rows: Rows,
    service: string,
    private readonly deadlineSeconds: number,
  ) {
    this.deadlineRows = Object.entries(rows).flatMap(([step, row]) => {
      const clock = row.service === service ? deadlineOf(row) : undefined;
      return clock ? [{ step, starts: typesOf([clock.startedBy]), stops: typesOf(clock.stoppedBy) }] : [];
    });
  }

  writes(batch: readonly (Input | Unreadable)[], decided: readonly Decided[]): Write[] {
    return this.deadlineRows.flatMap((row) => this.writesOf(row, batch, decided));
  }

  /** Which clocks these outcomes have stopped: the rows' names, each with its keys. */
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
      // A clock that has struck is over, whatever its step decided; where the step failed it strikes again.
      ...batch.flatMap((input, at) => (input.from === 'clock' && !isFailed(decided[at]!) ? [input.key] : [])),
    ];
    // So that those whose step always fails are not the first ones for ever.
    const failing = batch.flatMap((input, at) => (input.from === 'clock' && isFailed(decided[at]!) ? [input.key] : []));
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
    each !== 'behind' && 'said' in each && types.has(each.said.type) ? [each.said.subject] : [],
  );

const isFailed = (decided: Decided): boolean => decided !== 'behind' && 'failed' in decided;
