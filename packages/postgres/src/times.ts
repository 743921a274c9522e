/** A column of type `timestamptz` as {@link isoOf} reads it. */
export const utc = (column: string): string => `(${column} at time zone 'UTC')::text`;

/** Formats a time as events have it, to the millisecond. It costs a tenth of a `Date` made by the driver and formatted. */
export const isoOf = (text: string): string =>
  `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, 23).padEnd(3, '0')}Z`;
