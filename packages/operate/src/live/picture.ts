import {
  type Choreography,
  eventsHandledBy,
  eventsOf,
  isFailure,
  servicesOf,
  topicOf,
  topicsConsumedBy,
  topicsPublishedBy,
} from '@quadrille/choreography';
import type { Line, Topology, Way } from './page/shown.js';

/** The topology, and the way of each event. */
export interface Picture extends Topology {
  /** Undefined for an event outside of the table. */
  wayOf(step: string, event: string): Way | undefined;
}

/** Derives the topology from the table alone. */
export function pictureOf(choreography: Choreography): Picture {
  const { rows } = choreography;
  const services = servicesOf(rows);
  const events = new Map(eventsOf(rows).map((event) => [event.name, event]));
  const speakers = services.filter((service) => [...events.values()].some(({ service: by }) => by === service));
  const lines = speakers.flatMap((speaker) =>
    topicsPublishedBy(choreography, rows, speaker).map((topic): Line => {
      const hearers = services.filter((service) => topicsConsumedBy(choreography, rows, service).includes(topic));
      return { topic, from: services.indexOf(speaker), to: hearers.map((service) => services.indexOf(service)) };
    }),
  );
  const ways = new Map<string, Way>();
  for (const [step, row] of Object.entries(rows)) {
    const publishes = services.indexOf(row.service);
    for (const event of row.emits) {
      const consuming = Object.values(rows).filter((other) => eventsHandledBy(other).includes(event));
      ways.set(`${step} ${event.name}`, {
        line: lines.findIndex(({ topic, from }) => topic === topicOf(choreography, event) && from === publishes),
        from: publishes,
        to: [...new Set(consuming.map(({ service }) => services.indexOf(service)))],
        back: row.compensates !== undefined || row.role === 'interrupt' || isFailure(choreography, event),
      });
    }
  }
  return { services, lines, wayOf: (step, event) => ways.get(`${step} ${event}`) };
}
