import type { EventType } from './event.js';
import type { Rows } from './row.js';
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
