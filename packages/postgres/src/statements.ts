import type { Socket } from 'node:net';
import type { PoolClient, QueryResult, Submittable } from 'pg';
import { arrayLiteral } from './writes.js';

const names = new Map<string, string>();

/** The same text has the same name on every connection, so PostgreSQL parses and plans it once per connection. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known) return known;
  const name = `q${names.size}`;
  names.set(text, name);
  return name;
}

type QueryClass = new (text: string, values: readonly unknown[]) => Submittable & { name: string };

/**
 * Runs a prepared statement. Passed as an object, the driver copies it by the descriptors of its properties: 50 to 60 µs of the 320
 * to 390 of a transaction with six statements.
 */
export function execute(client: PoolClient, text: string, given: readonly unknown[]): Promise<QueryResult> {
  const [name, values] = [nameOf(text), given.map(parameterOf)];
  // The class of the driver that opened the connection. A simulated connection has none.
  const { Query } = client.constructor as unknown as { Query?: QueryClass };
  if (!Query) return client.query({ name, text, values });
  const answered = new Promise<QueryResult>((resolve, reject) => {
    const answer = (error: Error | null, result: QueryResult) => (error ? reject(error) : resolve(result));
    // The callback is an argument, so that instrumentation of the driver sees it.
    client.query(Object.assign(new Query(text, values), { name }) as never, answer as never);
  });
  return answered.catch((error: Error) => {
    // The error comes from the socket; its stack should lead to the caller, as in the driver.
    Error.captureStackTrace(error);
    throw error;
  });
}

/** Statements of one turn of the event loop are sent as one packet: sending one costs as much as a small statement. */
export function together(client: PoolClient): void {
  const stream = streamOf(client);
  if (!stream || stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

const streamOf = (client: PoolClient): Socket | undefined =>
  (client as unknown as { connection?: { stream: Socket } }).connection?.stream;

/** Holds the packet open until all its statements were sent, or failed earlier. */
export async function withPacket<Result>(client: PoolClient, work: () => Result): Promise<Result> {
  const stream = streamOf(client);
  stream?.cork();
  try {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    return work();
  } finally {
    stream?.uncork();
  }
}

const parameterOf = (value: unknown): unknown => (Array.isArray(value) ? (arrayLiteral(value) ?? value) : value);

/** A statement with its values, in the order of `Tx.query`. */
export type Bound = [text: string, values: readonly unknown[]];

/** Columns of these types are given as texts of JSON. */
const JSON_TYPES: ReadonlySet<string> = new Set(['json', 'jsonb']);

/** Up to this number of rows or keys, each number has its own statement: more rows share the cost of planning. */
const LISTED = 4;
const UP_TO_LISTED = Array.from({ length: LISTED }, (_, at) => at + 1);

/**
 * A statement over rows, whose values are given as columns. `text` receives the rows as an item for `from`, and names their
 * columns: `select * from ${rows} as fresh (id, at)`.
 *
 * Few rows are listed, without arrays. PostgreSQL plans such a form once per connection, for the right number of rows, and searches
 * for one row by its key even if it has no statistics of the table yet. The length of an array is unknown to a plan for all
 * executions, so the form for many rows is planned for each execution, or scans a table that was small when it was planned.
 */
export function overRows(
  types: readonly string[],
  text: (rows: string) => string,
): (columns: readonly (readonly unknown[])[]) => Bound {
  const listed = UP_TO_LISTED.map((count) => text(listOf(types, count)));
  const many = text(arraysOf(types));
  return (columns) => {
    const count = columns[0]?.length ?? 0;
    const form = listed[count - 1];
    if (form !== undefined) return [form, byRow(columns, count)];
    return [many, columns.map((column, at) => (JSON_TYPES.has(types[at]!) ? `[${column.join()}]` : column))];
  };
}

function listOf(types: readonly string[], count: number): string {
  const rows = Array.from(
    { length: count },
    (_, row) => `(${types.map((type, at) => `$${row * types.length + at + 1}::${type}`)})`,
  );
  return `(values ${rows})`;
}

function arraysOf(types: readonly string[]): string {
  const arrays = types.map((type, at) =>
    // As an array, because PostgreSQL expects 100 rows of the function itself.
    JSON_TYPES.has(type) ? `array(select ${type}_array_elements($${at + 1}::${type}))` : `$${at + 1}::${type}[]`,
  );
  return `unnest(${arrays})`;
}

function byRow(columns: readonly (readonly unknown[])[], count: number): unknown[] {
  const values: unknown[] = [];
  for (let row = 0; row < count; row++) for (const column of columns) values.push(column[row]);
  return values;
}

/**
 * A query by keys. `text` receives the condition on the key, `in ($1::uuid)` or `= any($1::uuid[])`. Other parameters, if any, come
 * first: their number is `others`. Few keys are listed, as in {@link overRows}.
 */
export function overKeys(
  type: string,
  text: (among: string) => string,
  others = 0,
): (keys: readonly string[], ...otherValues: readonly unknown[]) => Bound {
  const listed = UP_TO_LISTED.map((count) =>
    text(`in (${Array.from({ length: count }, (_, at) => `$${others + at + 1}::${type}`)})`),
  );
  const many = text(`= any($${others + 1}::${type}[])`);
  return (keys, ...otherValues) => {
    const form = listed[keys.length - 1];
    return form === undefined ? [many, [...otherValues, keys]] : [form, [...otherValues, ...keys]];
  };
}
