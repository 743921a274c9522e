import type { z } from 'zod';
import type { DataOf, DomainEventOf, EventType } from './event.js';

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
export interface Deadline {
  readonly kind: 'clock';
  /** For people and documents: `the order's deadline`. */
  readonly label: string;
  readonly startedBy: EventType;
  readonly extendedBy: readonly EventType[];
  readonly stoppedBy: readonly EventType[];
}

/** What a step of a clock row is given: the key whose time is over. */
export interface DueDeadline {
  readonly key: string;
}

export const command = <Data>(request: string, schema: z.ZodType<Data>): Command<Data> => ({
  kind: 'command',
  request,
  schema,
});

export const deadline = (reads: string, facts: Omit<Deadline, 'kind' | 'label'>): Deadline => ({
  kind: 'clock',
  label: reads,
  ...facts,
});

/** One row of a choreography: who hears what and says what. */
export interface Row {
  readonly service: string;
  readonly handles: readonly EventType[] | Command | Deadline;
  /** At most one of these is said. */
  readonly emits: readonly EventType[];
  /** The steps this row undoes, each with the event that says it is undone. */
  readonly compensates?: Readonly<Record<string, EventType>>;
  /** `interrupt`: may begin at any moment of a running saga. `follow-up`: fans out, never takes part in the ending. */
  readonly role?: 'interrupt' | 'follow-up';
}

export type Rows = Readonly<Record<string, Row>>;

/** What the step of a row is given: the data of the event it hears, of the command, or what is due. */
export type HandledBy<R extends Row> = R['handles'] extends readonly (infer E)[]
  ? DataOf<E>
  : R['handles'] extends Command<infer Data>
    ? Data
    : DueDeadline;

/** What the step of a row may say. */
export type EmittedBy<R extends Row> = DomainEventOf<R['emits'][number]>;

/** The events a row hears; none for a command or a clock. */
export const eventsHandledBy = (row: Row): readonly EventType[] => ('kind' in row.handles ? [] : row.handles);

/** The clock a row reads, if it does. */
export const deadlineOf = (row: Row): Deadline | undefined =>
  'kind' in row.handles && row.handles.kind === 'clock' ? row.handles : undefined;
