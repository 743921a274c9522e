import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { eventsHeardBy } from './row.js';
import { Saga, type Saying } from './saga.js';

interface Delivery {
  readonly step: string;
  readonly event: EventType;
}

/**
 * One saga on its way through the table: what has been said, and who has yet to hear what. Everybody hears in the order of
 * speaking, but for those who are slow: they hear nothing from one topic until nobody else has anything to say.
 */
export class Walk {
  private constructor(
    private readonly choreography: Choreography,
    private readonly saga: Saga,
    readonly path: readonly Saying[],
    private readonly pending: readonly Delivery[],
    /** What the slow have yet to hear, in order. */
    private readonly held: readonly Delivery[],
    private readonly slow: { readonly services: readonly string[]; readonly topicOf: string } | undefined,
    /** How much had been said when the slow began to hear. */
    readonly saidBefore: number,
  ) {}

  static begin(choreography: Choreography): Walk {
    return new Walk(choreography, Saga.begin(choreography), [], [], [], undefined, 0);
  }

  /** The same saga, whose path up to here was said and heard but for its last event: who hears that is slow. */
  static slowedAfter(choreography: Choreography, path: readonly Saying[]): Walk {
    const saga = path.reduce((each, saying) => each.after(saying), Saga.begin(choreography));
    const { event } = path.at(-1)!;
    const held = deliveriesOf(choreography, event);
    const services = [...new Set(held.map(({ step }) => choreography.rows[step]!.by))];
    return new Walk(choreography, saga, path, [], held, { services, topicOf: event.by }, 0);
  }

  get slowServices(): readonly string[] {
    return this.slow?.services ?? [];
  }

  /** One walk for each thing the row may say now. */
  acts(step: string): Walk[] {
    return this.saga.choices(step).map((event) => this.say({ step, event }));
  }

  /** Lets everybody hear until nobody has anything to say, down every choice. */
  finish(): Walk[] {
    const [next, ...pending] = this.pending;
    if (next) return this.hear(next, this.with({ pending }));
    if (this.held.length === 0) return [this];
    return this.with({ pending: this.held, held: [], slow: undefined, saidBefore: this.path.length }).finish();
  }

  private hear(next: Delivery, rest: Walk): Walk[] {
    const by = this.choreography.rows[next.step]!.by;
    if (this.slow?.topicOf === next.event.by && this.slow.services.includes(by)) {
      return rest.with({ held: [...this.held, next] }).finish();
    }
    const acted = rest.acts(next.step);
    return acted.length === 0 ? rest.finish() : acted.flatMap((walk) => walk.finish());
  }

  private say(saying: Saying): Walk {
    return this.with({
      saga: this.saga.after(saying),
      path: [...this.path, saying],
      pending: [...this.pending, ...deliveriesOf(this.choreography, saying.event)],
    });
  }

  private with(changes: Partial<Pick<Walk, 'path' | 'saidBefore'>> & Changes): Walk {
    const { saga, path, pending, held, slow, saidBefore } = { ...this, ...changes } as Required<Changes> & Walk;
    return new Walk(this.choreography, saga, path, pending, held, slow, saidBefore);
  }
}

interface Changes {
  saga?: Saga;
  pending?: readonly Delivery[];
  held?: readonly Delivery[];
  slow?: undefined;
}

/** The rows of the saga that hear an event. */
function deliveriesOf({ rows }: Choreography, event: EventType): Delivery[] {
  return Object.entries(rows)
    .filter(([, row]) => row.role === undefined && eventsHeardBy(row).includes(event))
    .map(([step]) => ({ step, event }));
}
