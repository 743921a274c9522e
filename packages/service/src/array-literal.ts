/** Needs no quotes in an array literal: ids, numbers, times, most words. */
const PLAIN = /^[A-Za-z0-9-][A-Za-z0-9.:_-]*$/;

/**
 * An array as PostgreSQL reads it (`{a,"b c",NULL}`), faster than the driver writes it. Only of texts, numbers,
 * booleans and nulls; undefined for anything else, which the driver may write itself.
 */
export function arrayLiteral(values: readonly unknown[]): string | undefined {
  let literal = '{';
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (at > 0) literal += ',';
    if (value === null || value === undefined) literal += 'NULL';
    else if (typeof value === 'string') literal += quoted(value);
    else if (typeof value === 'number' || typeof value === 'boolean') literal += value;
    else return undefined;
  }
  return `${literal}}`;
}

function quoted(text: string): string {
  if (PLAIN.test(text) && text.toLowerCase() !== 'null') return text;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
