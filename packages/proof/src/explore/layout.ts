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

/** All events of one key from one service, or from services that share topics, in the order in which they were emitted. */
export interface Log {
  readonly services: ReadonlySet<string>;
  readonly key: string;
}

/** One consumer of one topic and key: a part of a log. A consumer has no order between its channels. */
export interface Channel {
  readonly consumer: string;
  readonly log: number;
  /** By event name; other events of the log are not handled, or are on another topic. */
  readonly subscriptions: ReadonlyMap<string, Subscription>;
}

/** The deadline of one key. */
export interface KeyDeadline {
  readonly step: Step;
  readonly deadline: Deadline;
  readonly service: string;
  readonly key: string;
}

/** The positions of a system's logs, channels and deadlines in its worlds. */
export class Layout {
  readonly logs: readonly Log[];
  readonly channels: readonly Channel[];
  readonly deadlines: readonly KeyDeadline[];
  readonly steps: ReadonlyMap<string, Step>;
  readonly events: ReadonlyMap<string, EventType>;

  constructor(private readonly system: System) {
    const { naming, parts, keys, rows } = system;
    const topics = [...new Set(parts.flatMap(({ service }) => topicsPublishedBy(naming, rows, service)))];
    const writers = writersTogether(system);
    this.steps = new Map(parts.flatMap(({ steps }) => steps.map((step) => [step.name, step])));
    this.events = new Map(eventsOf(rows).map((event) => [event.name, event]));
    this.logs = keys.flatMap((key) => writers.map((services) => ({ services, key })));
    this.deadlines = keys.flatMap((key) => this.deadlinesOf(key));
    this.channels = keys.flatMap((key) =>
      topics.flatMap((topic) => parts.flatMap(({ service }) => this.channel(service, topic, key))),
    );
  }

  logOf(event: EventType, key: string): number {
    return this.logs.findIndex((log) => log.services.has(event.service) && log.key === key);
  }

  serviceOf = (step: string): string => this.system.rows[step]!.service;

  private deadlinesOf(key: string): KeyDeadline[] {
    return [...this.steps.values()].flatMap((step) => {
      const row = this.system.rows[step.name]!;
      const deadline = deadlineOf(row);
      return deadline ? [{ step, deadline, service: row.service, key }] : [];
    });
  }

  private channel(consumer: string, topic: string, key: string): Channel[] {
    const emitted = [...this.events.values()].filter((event) => topicOf(this.system.naming, event) === topic);
    const subscriptions = new Map(
      emitted.flatMap((event): [string, Subscription][] => {
        const reacting = this.reacting(consumer, event);
        return reacting.length > 0 ? [[event.name, { reacting }]] : [];
      }),
    );
    return subscriptions.size > 0 ? [{ consumer, log: this.logOf(emitted[0]!, key), subscriptions }] : [];
  }

  private reacting(consumer: string, event: EventType): Step[] {
    return [...this.steps.values()].filter((step) => {
      const row = this.system.rows[step.name]!;
      return row.service === consumer && eventsHandledBy(row).includes(event);
    });
  }
}

/** The services, together with those that write one of their topics: only one log has the order of a shared topic. */
function writersTogether({ naming, parts, rows }: System): Set<string>[] {
  const groups: { readonly services: Set<string>; readonly topics: Set<string> }[] = [];
  for (const { service } of parts) {
    const topics = topicsPublishedBy(naming, rows, service);
    if (topics.length === 0) continue;
    const group = { services: new Set([service]), topics: new Set(topics) };
    for (const other of groups.filter((each) => topics.some((topic) => each.topics.has(topic)))) {
      for (const each of other.services) group.services.add(each);
      for (const each of other.topics) group.topics.add(each);
      groups.splice(groups.indexOf(other), 1);
    }
    groups.push(group);
  }
  return groups.map(({ services }) => services);
}
