import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { eventsHandledBy, type Row } from './row.js';

/** What is wrong with a table: the rule, the rows it concerns, and a path that shows it where there is one. */
export interface Violation {
  readonly rule: string;
  readonly rows: readonly string[];
  readonly explanation: string;
  readonly path?: readonly string[];
}

type Entry = readonly [step: string, row: Row];

/** The rows of a table, each with the name of its step. */
export const entriesOf = ({ rows }: Choreography): Entry[] => Object.entries(rows);
/** What comes afterwards is no part of the saga. */
export const inSaga = ([, row]: Entry): boolean => row.role !== 'follow-up';
/** The rows that say an event. */
export const emitting = (choreography: Choreography, event: EventType) =>
  entriesOf(choreography).filter(([, row]) => row.emits.includes(event));
/** The rows that hear an event. */
export const handling = (choreography: Choreography, event: EventType) =>
  entriesOf(choreography).filter(([, row]) => eventsHandledBy(row).includes(event));
/** For a fault: which steps it concerns. */
export const names = (entries: readonly Entry[]) => entries.map(([step]) => step);
