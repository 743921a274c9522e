import {
  cloudEventType,
  deadLetterTopicOf,
  eventsOf,
  eventTopicsOf,
  groupOf,
  type Rows,
  servicesOf,
  type TopicNaming,
  topicOf,
  topicsConsumedBy,
} from '@quadrille/choreography';

/** A topic of the table. */
export interface TopicFacts {
  readonly topic: string;
  /** The only writers of the topic: one service, unless the choreography shares the topic. */
  readonly services: readonly string[];
  /** The consumer groups that read it. Operators read the dead-letter topics. */
  readonly groups: readonly string[];
  /** The event types on the wire. */
  readonly types: readonly string[];
}

/** Every topic of a system: first the event topics, then the dead-letter topics. */
export function topicFacts(naming: TopicNaming, rows: Rows): TopicFacts[] {
  const services = servicesOf(rows);
  const facts = new Map<string, TopicFacts>();
  for (const topic of eventTopicsOf(naming, rows)) {
    const events = eventsOf(rows).filter((event) => topicOf(naming, event) === topic);
    const readers = services.filter((service) => topicsConsumedBy(naming, rows, service).includes(topic));
    facts.set(topic, {
      topic,
      services: [...new Set(events.map(({ service }) => service))],
      groups: readers.map((service) => groupOf(naming.system, service)),
      types: events.map(cloudEventType),
    });
  }
  for (const service of services) {
    const topic = deadLetterTopicOf(naming, service);
    const { services: writers = [], groups = [], types = [] } = facts.get(topic) ?? {};
    facts.set(topic, { topic, services: [...new Set([...writers, service])], groups, types });
  }
  return [...facts.values()];
}
