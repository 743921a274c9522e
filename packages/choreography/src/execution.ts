import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { eventsHandledBy } from './row.js';
import { type Emission, Saga } from './saga.js';

interface Delivery {
  readonly step: string;
  readonly event: EventType;
}

/**
 * One saga on its way through the table: what has been said, and who has yet to hear what. Everybody hears in the order of
 * speaking, but for those who are slow: they hear nothing from one topic until nobody else has anything to say.
 */
export class Execution {
  private constructor(
    private readonly choreography: Choreography,
    private readonly saga: Saga,
    readonly path: readonly Emission[],
    private readonly pending: readonly Delivery[],
    /** What the slow have yet to hear, in order. */
    private readonly deferred: readonly Delivery[],
    private readonly delayed: { readonly services: readonly string[]; readonly topicOf: string } | undefined,
    /** How much had been said when the slow began to hear. */
    readonly emittedBefore: number,
  ) {}

  static begin(choreography: Choreography): Execution {
    return new Execution(choreography, Saga.begin(choreography), [], [], [], undefined, 0);
  }

  /** The same saga, whose path up to here was said and heard but for its last event: who hears that is slow. */
  static delayedAfter(choreography: Choreography, path: readonly Emission[]): Execution {
    const saga = path.reduce((each, emission) => each.after(emission), Saga.begin(choreography));
    const { event } = path.at(-1)!;
    const held = deliveriesOf(choreography, event);
    const services = [...new Set(held.map(({ step }) => choreography.rows[step]!.service))];
    return new Execution(choreography, saga, path, [], held, { services, topicOf: event.service }, 0);
  }

  get delayedServices(): readonly string[] {
    return this.delayed?.services ?? [];
  }

  /** One walk for each thing the row may say now. */
  actions(step: string): Execution[] {
    return this.saga.choices(step).map((event) => this.emit({ step, event }));
  }

  /** Lets everybody hear until nobody has anything to say, down every choice. */
  finish(): Execution[] {
    const [next, ...pending] = this.pending;
    if (next) return this.handle(next, this.with({ pending }));
    if (this.deferred.length === 0) return [this];
    return this.with({
      pending: this.deferred,
      deferred: [],
      delayed: undefined,
      emittedBefore: this.path.length,
    }).finish();
  }

  private handle(next: Delivery, rest: Execution): Execution[] {
    const by = this.choreography.rows[next.step]!.service;
    if (this.delayed?.topicOf === next.event.service && this.delayed.services.includes(by)) {
      return rest.with({ deferred: [...this.deferred, next] }).finish();
    }
    const acted = rest.actions(next.step);
    return acted.length === 0 ? rest.finish() : acted.flatMap((execution) => execution.finish());
  }

  private emit(emission: Emission): Execution {
    return this.with({
      saga: this.saga.after(emission),
      path: [...this.path, emission],
      pending: [...this.pending, ...deliveriesOf(this.choreography, emission.event)],
    });
  }

  private with(changes: Partial<Pick<Execution, 'path' | 'emittedBefore'>> & Changes): Execution {
    const { saga, path, pending, deferred, delayed, emittedBefore } = { ...this, ...changes } as Required<Changes> &
      Execution;
    return new Execution(this.choreography, saga, path, pending, deferred, delayed, emittedBefore);
  }
}

interface Changes {
  saga?: Saga;
  pending?: readonly Delivery[];
  deferred?: readonly Delivery[];
  delayed?: undefined;
}

/** The rows of the saga that hear an event. */
function deliveriesOf({ rows }: Choreography, event: EventType): Delivery[] {
  return Object.entries(rows)
    .filter(([, row]) => row.role === undefined && eventsHandledBy(row).includes(event))
    .map(([step]) => ({ step, event }));
}
