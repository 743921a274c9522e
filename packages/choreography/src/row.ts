import type { z } from 'zod';
import type { DataOf, EventType, SaidOf } from './event.js';

/** A row may begin with a caller: an HTTP command, whose data the schema describes. */
export interface Command<Data = any> {
  readonly kind: 'command';
  /** For people and documents: `POST /orders`. */
  readonly request: string;
  readonly schema: z.ZodType<Data>;
}

/**
 * A row may begin with time: a deadline that one event starts, some extend and some stop. All carry the same key. An event that
 * extends gives the clock its full time again, counted from when it was said: so hearing it twice makes no difference.
 */
export interface Clock {
  readonly kind: 'clock';
  /** For people and documents: `the order's deadline`. */
  readonly reads: string;
  readonly startedBy: EventType;
  readonly extendedBy: readonly EventType[];
  readonly stoppedBy: readonly EventType[];
}

/** What a step of a clock row is given: the key whose time is over. */
export interface Due {
  readonly key: string;
}

export const command = <Data>(request: string, schema: z.ZodType<Data>): Command<Data> => ({
  kind: 'command',
  request,
  schema,
});

export const clock = (reads: string, facts: Omit<Clock, 'kind' | 'reads'>): Clock => ({
  kind: 'clock',
  reads,
  ...facts,
});

/** One row of a choreography: who hears what and says what. */
export interface Row {
  readonly by: string;
  readonly hears: readonly EventType[] | Command | Clock;
  /** At most one of these is said. */
  readonly says: readonly EventType[];
  /** The steps this row undoes, each with the event that says it is undone. */
  readonly undoes?: Readonly<Record<string, EventType>>;
  /** `interrupt`: may begin at any moment of a running saga. `afterwards`: fans out, never takes part in the ending. */
  readonly role?: 'interrupt' | 'afterwards';
}

export type Rows = Readonly<Record<string, Row>>;

/** What the step of a row is given: the data of the event it hears, of the command, or what is due. */
export type HeardBy<R extends Row> = R['hears'] extends readonly (infer E)[]
  ? DataOf<E>
  : R['hears'] extends Command<infer Data>
    ? Data
    : Due;

/** What the step of a row may say. */
export type SaidBy<R extends Row> = SaidOf<R['says'][number]>;

/** The events a row hears; none for a command or a clock. */
export const eventsHeardBy = (row: Row): readonly EventType[] => ('kind' in row.hears ? [] : row.hears);

/** The clock a row reads, if it does. */
export const clockOf = (row: Row): Clock | undefined =>
  'kind' in row.hears && row.hears.kind === 'clock' ? row.hears : undefined;
