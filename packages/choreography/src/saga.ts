import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { eventsHandledBy, type Row } from './row.js';

/** What a forward step has come to, as far as the table alone can tell. */
type StepStatus = 'none' | 'done' | 'failed' | 'undone';

/** Something a row says in a run of the saga. */
export interface Emission {
  readonly step: string;
  readonly event: EventType;
}

/**
 * One saga as the table sees it: which rows have acted, and what each may say next. It knows no data and no decision, only
 * the promises every step keeps: a forward step acts once and never after its undo; an undo says its event when there
 * was something to undo or nothing had happened yet (then it leaves a tombstone), and is silent where the step had failed.
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

  /** All that the row may say when it acts now; empty when it stays silent. */
  choices(step: string): readonly EventType[] {
    const row = this.row(step);
    if (row.role === 'follow-up') return [];
    if (row.compensates) return this.compensating(row.compensates);
    if (row.role === 'interrupt') return this.interruptible() ? row.emits : [];
    if (row.service === this.interruptedIn || this.statusOf(step) !== 'none') return [];
    return row.emits;
  }

  /** The saga after the row said this. */
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

  /** The last thing done is what must be undone; its event says so. */
  private compensating(undoes: Readonly<Record<string, EventType>>): readonly EventType[] {
    const steps = Object.keys(undoes);
    if (steps.some((step) => this.statusOf(step) === 'undone')) return [];
    const last = steps.findLast((step) => this.statusOf(step) === 'done');
    if (last !== undefined) return this.isOver() ? [] : [undoes[last]!];
    if (steps.some((step) => this.statusOf(step) === 'failed')) return [];
    return [undoes[steps[0]!]!];
  }

  private interruptible(): boolean {
    return this.interruptedIn === undefined && !this.isOver();
  }

  /** An ending that no row undoes has been said, or the beginning is undone. */
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

/** An event that only makes others turn back: every row of the saga that hears it undoes something. */
export function isFailure({ rows, endings }: Choreography, event: EventType): boolean {
  if (Object.values(endings).includes(event)) return false;
  const handling = Object.values(rows).filter(
    (row) => row.role !== 'follow-up' && eventsHandledBy(row).includes(event),
  );
  return handling.length > 0 && handling.every((row) => row.compensates !== undefined);
}
