import {
  type Choreography,
  eventsConsumedBy,
  eventsOf,
  eventTopicsOf,
  isFailure,
  servicesOf,
  topicsConsumedBy,
  topicsPublishedBy,
} from '@quadrille/choreography';
import { lineName } from './line-name.js';
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
  const publishers = new Set(eventsOf(rows).map(({ service }) => service));
  const columnsOf = (some: readonly string[]) => some.map((service) => services.indexOf(service));
  const lines = services
    .filter((service) => publishers.has(service))
    .map((service): Line => {
      const topics = topicsPublishedBy(choreography, rows, service);
      const readers = services.filter((other) =>
        topicsConsumedBy(choreography, rows, other).some((topic) => topics.includes(topic)),
      );
      const name = lineName(service, topics, eventTopicsOf(choreography, rows));
      return { name, topics, from: services.indexOf(service), to: columnsOf(readers) };
    });
  const ways = new Map<string, Way>();
  for (const [step, row] of Object.entries(rows)) {
    const publishes = services.indexOf(row.service);
    for (const event of row.emits) {
      ways.set(`${step} ${event.name}`, {
        line: lines.findIndex(({ from }) => from === publishes),
        from: publishes,
        to: columnsOf(services.filter((service) => eventsConsumedBy(rows, service).includes(event))),
        back: row.compensates !== undefined || row.role === 'interrupt' || isFailure(choreography, event),
      });
    }
  }
  return { services, lines, wayOf: (step, event) => ways.get(`${step} ${event}`) };
}
