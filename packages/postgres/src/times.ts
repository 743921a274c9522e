/** A column of type `timestamptz` as {@link isoOf} reads it. */
export const utc = (column: string): string => `(${column} at time zone 'UTC')::text`;

/** A time as an event has it, to the millisecond. A tenth of what it costs to let the driver make a `Date`, and that a text. */
export const isoOf = (text: string): string =>
  `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, 23).padEnd(3, '0')}Z`;
