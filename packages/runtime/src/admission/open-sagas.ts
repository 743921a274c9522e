import type { Rows, Tx } from '@quadrille/choreography';
import { cloudEventType, deadlineOf } from '@quadrille/choreography';
import { type Outcome, REPLAYED } from '../input.js';
import type { SagaWatch } from '../runtime-definition.js';
import { type BacklogLimits, SagaBacklog } from './saga-backlog.js';

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
