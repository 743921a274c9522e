import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { eventsHeardBy, type Row } from './row.js';

/** What a forward step has come to, as far as the table alone can tell. */
type Standing = 'none' | 'done' | 'failed' | 'undone';

/** Something a row says in a run of the saga. */
export interface Saying {
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
    private readonly standing: Readonly<Record<string, Standing>>,
    private readonly interruptedIn: string | undefined,
  ) {}

  static begin(choreography: Choreography): Saga {
    return new Saga(choreography, {}, undefined);
  }

  /** All that the row may say when it acts now; empty when it stays silent. */
  choices(step: string): readonly EventType[] {
    const row = this.row(step);
    if (row.role === 'afterwards') return [];
    if (row.undoes) return this.undoing(row.undoes);
    if (row.role === 'interrupt') return this.interruptible() ? row.says : [];
    if (row.by === this.interruptedIn || this.standingOf(step) !== 'none') return [];
    return row.says;
  }

  /** The saga after the row said this. */
  after({ step, event }: Saying): Saga {
    const row = this.row(step);
    if (row.role === 'interrupt') return new Saga(this.choreography, this.standing, row.by);
    if (row.undoes) {
      const undone = Object.keys(row.undoes).map((each) => [each, 'undone' as const]);
      return new Saga(this.choreography, { ...this.standing, ...Object.fromEntries(undone) }, this.interruptedIn);
    }
    const came = isFailure(this.choreography, event) ? 'failed' : 'done';
    return new Saga(this.choreography, { ...this.standing, [step]: came }, this.interruptedIn);
  }

  /** The last thing done is what must be undone; its event says so. */
  private undoing(undoes: Readonly<Record<string, EventType>>): readonly EventType[] {
    const steps = Object.keys(undoes);
    if (steps.some((step) => this.standingOf(step) === 'undone')) return [];
    const last = steps.findLast((step) => this.standingOf(step) === 'done');
    if (last !== undefined) return this.isOver() ? [] : [undoes[last]!];
    if (steps.some((step) => this.standingOf(step) === 'failed')) return [];
    return [undoes[steps[0]!]!];
  }

  private interruptible(): boolean {
    return this.interruptedIn === undefined && !this.isOver();
  }

  /** An ending that no row undoes has been said, or the beginning is undone. */
  private isOver(): boolean {
    const endings = Object.values(this.choreography.endings);
    return Object.entries(this.choreography.rows).some(
      ([step, row]) => row.says.some((event) => endings.includes(event)) && this.standingOf(step) === 'done',
    );
  }

  private standingOf(step: string): Standing {
    return this.standing[step] ?? 'none';
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
  const hearing = Object.values(rows).filter((row) => row.role !== 'afterwards' && eventsHeardBy(row).includes(event));
  return hearing.length > 0 && hearing.every((row) => row.undoes !== undefined);
}
