/** Matches text that needs no quotes in an array literal: ids, numbers, times, most words. */
const PLAIN = /^[A-Za-z0-9-][A-Za-z0-9.:_-]*$/;

/**
 * Formats an array literal of PostgreSQL (`{a,"b c",NULL}`), faster than the driver. Supports texts, numbers, booleans and nulls;
 * returns undefined for other types, which the driver formats.
 */
export function arrayLiteral(values: readonly unknown[]): string | undefined {
  if (values.length === 0) return '{}';
  const pieces = new Array<string>(values.length);
  // A column often repeats a value, such as a state or a time.
  let known: string | undefined;
  let knownPiece = '';
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (typeof value === 'string') {
      if (value !== known) {
        known = value;
        knownPiece = quoted(value);
      }
      pieces[at] = knownPiece;
    } else if (value === null || value === undefined) pieces[at] = 'NULL';
    else if (typeof value === 'number' || typeof value === 'boolean') pieces[at] = String(value);
    else return undefined;
  }
  pieces[0] = `{${pieces[0]}`;
  pieces[pieces.length - 1] += '}';
  // Joined in one step: a string built by concatenation is copied once more before it is sent.
  return pieces.join(',');
}

function quoted(text: string): string {
  if (PLAIN.test(text) && (text.length !== 4 || text.toLowerCase() !== 'null')) return text;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
