/** A statement with its values, in the order of `Tx.query`. */
export type Bound = [text: string, values: readonly unknown[]];

/** Columns of these types are given as the text of one JSON array. They must be the last. */
const JSON_TYPES: ReadonlySet<string> = new Set(['json', 'jsonb']);

/**
 * A statement over rows, whose values are given as columns. `text` receives the rows as an item for `from`, and names their
 * columns: `select * from ${rows} as fresh (id, at)`.
 *
 * One row has a form of its own, without arrays. PostgreSQL plans that form once per connection and searches by key even if it has
 * no statistics of the table yet. The length of an array is unknown to a plan for all executions, so it plans the other form for
 * each execution, or scans a table that was small when it planned.
 */
export function overRows(
  types: readonly string[],
  text: (rows: string) => string,
): (columns: readonly unknown[][], json?: string) => Bound {
  const one = text(`(values (${types.map((type, at) => `$${at + 1}::${type}`)}))`);
  const many = text(arraysOf(types));
  return (columns, json) => {
    if (columns[0]?.length !== 1) return [many, json === undefined ? columns : [...columns, json]];
    const row = columns.map(([value]) => value);
    // The list without its brackets is its only element.
    return [one, json === undefined ? row : [...row, json.slice(1, -1)]];
  };
}

function arraysOf(types: readonly string[]): string {
  const arrays = types.map((type, at) =>
    // As an array, because PostgreSQL expects 100 rows of the function itself.
    JSON_TYPES.has(type) ? `array(select ${type}_array_elements($${at + 1}::${type}))` : `$${at + 1}::${type}[]`,
  );
  return `unnest(${arrays})`;
}

/** A query by keys, its first parameter: `text` receives the condition on the key, `= $1::uuid` or `= any($1::uuid[])`. */
export function overKeys(
  type: string,
  text: (among: string) => string,
): (keys: readonly string[], ...others: readonly unknown[]) => Bound {
  const one = text(`= $1::${type}`);
  const many = text(`= any($1::${type}[])`);
  return (keys, ...others) => (keys.length === 1 ? [one, [keys[0], ...others]] : [many, [keys, ...others]]);
}
