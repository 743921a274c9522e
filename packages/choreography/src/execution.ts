import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { eventsHandledBy } from './row.js';
import { type Emission, Saga } from './saga.js';
import { topicOf } from './topology.js';

interface Delivery {
  readonly step: string;
  readonly event: EventType;
}

/**
 * One simulated saga: its emitted events and its pending deliveries. Events are delivered in the order of emission, except to
 * delayed services: those consume nothing from one topic until no other service can continue.
 */
export class Execution {
  private constructor(
    private readonly choreography: Choreography,
    private readonly saga: Saga,
    readonly path: readonly Emission[],
    private readonly pending: readonly Delivery[],
    /** Pending deliveries to delayed services, in order. */
    private readonly deferred: readonly Delivery[],
    private readonly delayed: { readonly services: readonly string[]; readonly topic: string } | undefined,
    /** Number of events that were emitted before the delayed services began to consume. */
    readonly emittedBefore: number,
  ) {}

  static begin(choreography: Choreography): Execution {
    return new Execution(choreography, Saga.begin(choreography), [], [], [], undefined, 0);
  }

  /** The saga after this path, with all events delivered but the last; the consumers of the last are delayed. */
  static delayedAfter(choreography: Choreography, path: readonly Emission[]): Execution {
    const saga = path.reduce((each, emission) => each.after(emission), Saga.begin(choreography));
    const { event } = path.at(-1)!;
    const deferred = deliveriesOf(choreography, event);
    const services = [...new Set(deferred.map(({ step }) => choreography.rows[step]!.service))];
    return new Execution(choreography, saga, path, [], deferred, { services, topic: topicOf(choreography, event) }, 0);
  }

  get delayedServices(): readonly string[] {
    return this.delayed?.services ?? [];
  }

  /** One execution per event that the row may emit now. */
  actions(step: string): Execution[] {
    return this.saga.choices(step).map((event) => this.emit({ step, event }));
  }

  /** Delivers all events until no service can continue, for every choice. */
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
    const isDelayed =
      this.delayed?.services.includes(by) && this.delayed.topic === topicOf(this.choreography, next.event);
    if (isDelayed) {
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

/** The rows of the saga that handle an event. */
function deliveriesOf({ rows }: Choreography, event: EventType): Delivery[] {
  return Object.entries(rows)
    .filter(([, row]) => row.role === undefined && eventsHandledBy(row).includes(event))
    .map(([step]) => ({ step, event }));
}
