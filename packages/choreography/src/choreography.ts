import type { EventType } from './event.js';
import { deadlineOf, eventsHandledBy, type Rows } from './row.js';
import type { Topics } from './topology.js';

/** A whole choreography: its table and its names. It is data; no process executes it. */
export interface Choreography<R extends Rows = Rows> {
  /** First part of every group, and by default of every topic: `quadrille`. */
  readonly system: string;
  readonly rows: R;
  /** The events that end a saga, by outcome: `{ COMPLETED: OrderCompleted, … }`. */
  readonly endings: Readonly<Record<string, EventType>>;
  /** Names of topics; by default each service has `<system>.<service>.v1`. */
  readonly topics?: Topics;
}

/** Declares a choreography; its rows retain their types. */
export const choreography = <const R extends Rows>(facts: Choreography<R>): Choreography<R> => facts;

/** Every event of the rows, once, in the order of the table. */
export function eventsOf(rows: Rows): EventType[] {
  const found = new Set<EventType>();
  for (const row of Object.values(rows)) {
    for (const emitted of row.emits) found.add(emitted);
    for (const handled of eventsHandledBy(row)) found.add(handled);
  }
  return [...found];
}

/** Every service of the rows, once, in the order of the table. */
export const servicesOf = (rows: Rows): string[] => [...new Set(Object.values(rows).map((row) => row.service))];

/** The events that a service consumes: those of its rows, and those that extend its deadlines. */
export function eventsConsumedBy(rows: Rows, service: string): EventType[] {
  const mine = Object.values(rows).filter((row) => row.service === service);
  return [...new Set(mine.flatMap((row) => [...eventsHandledBy(row), ...(deadlineOf(row)?.extendedBy ?? [])]))];
}
