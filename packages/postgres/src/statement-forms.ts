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
