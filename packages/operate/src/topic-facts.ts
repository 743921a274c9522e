import {
  type Choreography,
  cloudEventType,
  deadLetterTopicOf,
  eventsOf,
  groupOf,
  servicesOf,
  topicOf,
  topicsConsumedBy,
} from '@quadrille/choreography';

/** A topic, as the table has it. */
export interface TopicFacts {
  readonly topic: string;
  /** Who writes to it, and nobody else. */
  readonly service: string;
  /** The consumer groups that read it. Those of dead letters are read by whoever operates. */
  readonly groups: readonly string[];
  /** The types on the wire. */
  readonly types: readonly string[];
}

/** Every topic of a system, first what services say, then their dead letters. */
export function topicFacts({ system, rows }: Pick<Choreography, 'system' | 'rows'>): TopicFacts[] {
  const services = servicesOf(rows);
  const events = eventsOf(rows);
  const said = [...new Set(events.map(({ service }) => service))].map((service) => {
    const topic = topicOf(system, service);
    return {
      topic,
      service,
      groups: services
        .filter((hearer) => topicsConsumedBy(system, rows, hearer).includes(topic))
        .map((hearer) => groupOf(system, hearer)),
      types: events.filter(({ service: by }) => by === service).map(cloudEventType),
    };
  });
  const dead = services.map((service) => ({
    topic: deadLetterTopicOf(system, service),
    service,
    groups: [],
    types: [],
  }));
  return [...said, ...dead];
}
