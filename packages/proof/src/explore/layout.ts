import {
  type Deadline,
  deadlineOf,
  type EventType,
  eventsHandledBy,
  eventsOf,
  type Step,
  topicOf,
  topicsPublishedBy,
} from '@quadrille/choreography';
import type { System } from './system.js';

/**
 * The reaction of a service to an event. An event that only extends a deadline is skipped, because a deadline may fire at any
 * time.
 */
export interface Subscription {
  readonly reacting: readonly Step[];
}

/** All events of one key on one topic, in order: the part of a partition for one key. */
export interface Topic {
  readonly topic: string;
  readonly key: string;
}

/** One consumer of one topic and key. Order is guaranteed only here. */
export interface Channel {
  readonly consumer: string;
  readonly topic: number;
  /** By event name; other events are not handled. */
  readonly subscriptions: ReadonlyMap<string, Subscription>;
}

/** The deadline of one key. */
export interface KeyDeadline {
  readonly step: Step;
  readonly deadline: Deadline;
  readonly service: string;
  readonly key: string;
}

/** The positions of a system's topics, channels and deadlines in its worlds. */
export class Layout {
  readonly topics: readonly Topic[];
  readonly channels: readonly Channel[];
  readonly deadlines: readonly KeyDeadline[];
  readonly steps: ReadonlyMap<string, Step>;
  readonly events: ReadonlyMap<string, EventType>;

  constructor(private readonly system: System) {
    const { naming, parts, keys, rows } = system;
    const topics = [...new Set(parts.flatMap(({ service }) => topicsPublishedBy(naming, rows, service)))];
    this.steps = new Map(parts.flatMap(({ steps }) => steps.map((step) => [step.name, step])));
    this.events = new Map(eventsOf(rows).map((event) => [event.name, event]));
    this.topics = keys.flatMap((key) => topics.map((topic) => ({ topic, key })));
    this.deadlines = keys.flatMap((key) => this.deadlinesOf(key));
    this.channels = this.topics.flatMap((topic, at) =>
      parts.flatMap(({ service }) => this.channel(service, topic, at)),
    );
  }

  topicOf(event: EventType, key: string): number {
    const name = topicOf(this.system.naming, event);
    return this.topics.findIndex((topic) => topic.topic === name && topic.key === key);
  }

  serviceOf = (step: string): string => this.system.rows[step]!.service;

  private deadlinesOf(key: string): KeyDeadline[] {
    return [...this.steps.values()].flatMap((step) => {
      const row = this.system.rows[step.name]!;
      const deadline = deadlineOf(row);
      return deadline ? [{ step, deadline, service: row.service, key }] : [];
    });
  }

  private channel(consumer: string, topic: Topic, at: number): Channel[] {
    const emitted = [...this.events.values()].filter((event) => topicOf(this.system.naming, event) === topic.topic);
    const subscriptions = new Map(
      emitted.flatMap((event): [string, Subscription][] => {
        const reacting = this.reacting(consumer, event);
        return reacting.length > 0 ? [[event.name, { reacting }]] : [];
      }),
    );
    return subscriptions.size > 0 ? [{ consumer, topic: at, subscriptions }] : [];
  }

  private reacting(consumer: string, event: EventType): Step[] {
    return [...this.steps.values()].filter((step) => {
      const row = this.system.rows[step.name]!;
      return row.service === consumer && eventsHandledBy(row).includes(event);
    });
  }
}
