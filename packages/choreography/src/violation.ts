import type { Choreography } from './choreography.js';
import type { EventType } from './event.js';
import { eventsHandledBy, type Row } from './row.js';

/** A violation of a rule by a table: rule, rows, explanation and, if there is one, a path as an example. */
export interface Violation {
  readonly rule: string;
  readonly rows: readonly string[];
  readonly explanation: string;
  readonly path?: readonly string[];
}

type Entry = readonly [step: string, row: Row];

/** The rows of a table, each with the name of its step. */
export const entriesOf = ({ rows }: Pick<Choreography, 'rows'>): Entry[] => Object.entries(rows);
/** Whether a row is part of the saga; follow-ups are not. */
export const inSaga = ([, row]: Entry): boolean => row.role !== 'follow-up';
/** The rows that emit an event. */
export const emitting = (choreography: Pick<Choreography, 'rows'>, event: EventType) =>
  entriesOf(choreography).filter(([, row]) => row.emits.includes(event));
/** The rows that handle an event. */
export const handling = (choreography: Choreography, event: EventType) =>
  entriesOf(choreography).filter(([, row]) => eventsHandledBy(row).includes(event));
/** The steps of a violation. */
export const names = (entries: readonly Entry[]) => entries.map(([step]) => step);
