import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { eventsHandledBy, type Row } from './row.js';

/** State of a forward step, as far as it follows from the table. */
type StepStatus = 'none' | 'done' | 'failed' | 'undone';

/** An event emitted by a row in a run of the saga. */
export interface Emission {
  readonly step: string;
  readonly event: EventType;
}

/**
 * One saga as the table defines it: rows that have run, and events that each may emit next. It has no data and no decisions, only
 * the guarantees of every step.
 * - A forward step acts once, and never after its compensation.
 * - A compensation emits its event if the step acted, or had not run yet (it then leaves a tombstone).
 * - A compensation emits nothing if the step had failed.
 */
export class Saga {
  private constructor(
    private readonly choreography: Choreography,
    private readonly statuses: Readonly<Record<string, StepStatus>>,
    private readonly interruptedIn: string | undefined,
  ) {}

  static begin(choreography: Choreography): Saga {
    return new Saga(choreography, {}, undefined);
  }

  /** All events that the row may emit now; empty if it emits none. */
  choices(step: string): readonly EventType[] {
    const row = this.row(step);
    if (row.role === 'follow-up') return [];
    if (row.compensates) return this.compensating(row.compensates);
    if (row.role === 'interrupt') return this.interruptible() ? row.emits : [];
    if (row.service === this.interruptedIn || this.statusOf(step) !== 'none') return [];
    return row.emits;
  }

  /** The saga after the row emitted this event. */
  after({ step, event }: Emission): Saga {
    const row = this.row(step);
    if (row.role === 'interrupt') return new Saga(this.choreography, this.statuses, row.service);
    if (row.compensates) {
      const undone = Object.keys(row.compensates).map((each) => [each, 'undone' as const]);
      return new Saga(this.choreography, { ...this.statuses, ...Object.fromEntries(undone) }, this.interruptedIn);
    }
    const came = isFailure(this.choreography, event) ? 'failed' : 'done';
    return new Saga(this.choreography, { ...this.statuses, [step]: came }, this.interruptedIn);
  }

  /** The last completed step is compensated; its event reports it. */
  private compensating(compensates: Readonly<Record<string, EventType>>): readonly EventType[] {
    const steps = Object.keys(compensates);
    if (steps.some((step) => this.statusOf(step) === 'undone')) return [];
    const last = steps.findLast((step) => this.statusOf(step) === 'done');
    if (last !== undefined) return this.isOver() ? [] : [compensates[last]!];
    if (steps.some((step) => this.statusOf(step) === 'failed')) return [];
    return [compensates[steps[0]!]!];
  }

  private interruptible(): boolean {
    return this.interruptedIn === undefined && !this.isOver();
  }

  /** An ending that no row compensates was emitted, or the beginning is compensated. */
  private isOver(): boolean {
    const endings = Object.values(this.choreography.endings);
    return Object.entries(this.choreography.rows).some(
      ([step, row]) => row.emits.some((event) => endings.includes(event)) && this.statusOf(step) === 'done',
    );
  }

  private statusOf(step: string): StepStatus {
    return this.statuses[step] ?? 'none';
  }

  private row(step: string): Row {
    const row = this.choreography.rows[step];
    if (!row) throw new Error(`There is no row '${step}' in the table.`);
    return row;
  }
}

/** An event that only turns the saga back: every row of the saga that handles it is a compensation. */
export function isFailure({ rows, endings }: Choreography, event: EventType): boolean {
  if (Object.values(endings).includes(event)) return false;
  const handling = Object.values(rows).filter(
    (row) => row.role !== 'follow-up' && eventsHandledBy(row).includes(event),
  );
  return handling.length > 0 && handling.every((row) => row.compensates !== undefined);
}
