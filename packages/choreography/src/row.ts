import type { z } from 'zod';
import type { DataOf, DomainEventOf, EventType } from './event.js';

/** A row may begin with an HTTP command, whose data the schema describes. */
export interface Command<Data = any> {
  readonly kind: 'command';
  /** For documents: `POST /orders`. */
  readonly request: string;
  readonly schema: z.ZodType<Data>;
  /** For commands with personal fields: the id of the person, whose key seals them. */
  readonly subject?: (data: Data) => string;
}

/**
 * A row may begin with a deadline that one event starts, some extend and some stop. All these events have the same key. An
 * extending event restarts the full time, counted from the time of the event, so a duplicate changes nothing.
 */
export interface Deadline {
  readonly kind: 'deadline';
  /** For documents: `the order's deadline`. */
  readonly label: string;
  readonly startedBy: EventType;
  readonly extendedBy: readonly EventType[];
  readonly stoppedBy: readonly EventType[];
}

/** Input of a deadline step: the key whose deadline has passed. */
export interface DueDeadline {
  readonly key: string;
}

/** A row that handles a request: `POST /orders`, with the schema of its body; `subject` for a body with personal fields. */
export const command = <Data>(
  request: string,
  schema: z.ZodType<Data>,
  { subject }: Pick<Command<Data>, 'subject'> = {},
): Command<Data> => ({
  kind: 'command',
  request,
  schema,
  ...(subject && { subject }),
});

/** A row that handles the deadline of a saga. `label`: its name in diagrams. */
export const deadline = (label: string, facts: Omit<Deadline, 'kind' | 'label'>): Deadline => ({
  kind: 'deadline',
  label,
  ...facts,
});

/** One row of a choreography: a service, the input that it handles and the events that it emits. */
export interface Row {
  readonly service: string;
  readonly handles: readonly EventType[] | Command | Deadline;
  /** The step emits at most one of these. */
  readonly emits: readonly EventType[];
  /** The compensated steps, each with the event that reports its compensation. */
  readonly compensates?: Readonly<Record<string, EventType>>;
  /** `interrupt`: may begin at any moment of a running saga. `follow-up`: fans out, never takes part in the ending. */
  readonly role?: 'interrupt' | 'follow-up';
  /** Gives the row's service the keys of personal data, so that the step's `call` can open them. */
  readonly opensPersonalData?: true;
}

/** The rows of a table by the names of their steps. */
export type Rows = Readonly<Record<string, Row>>;

/** Input of the step of a row: the data of the event or command, or the due deadline. */
export type HandledBy<R extends Row> = R['handles'] extends readonly (infer E)[]
  ? DataOf<E>
  : R['handles'] extends Command<infer Data>
    ? Data
    : DueDeadline;

/** Events that the step of a row may emit. */
export type EmittedBy<R extends Row> = DomainEventOf<R['emits'][number]>;

/** The events that a row handles; empty for a command or a deadline. */
export const eventsHandledBy = (row: Row): readonly EventType[] => ('kind' in row.handles ? [] : row.handles);

/** The deadline of a row, if it begins with one. */
export const deadlineOf = (row: Row): Deadline | undefined =>
  'kind' in row.handles && row.handles.kind === 'deadline' ? row.handles : undefined;

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
