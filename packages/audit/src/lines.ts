import type { Line } from './books.js';

/** The order lines of a row; `unread` is the cause if they are unreadable. */
export interface Lines {
  readonly items: readonly Line[];
  readonly unread?: string;
}

/**
 * Parses order lines from the text of a JSON column. PostgreSQL stores JSON that its own operators cannot parse (NUL, unpaired
 * surrogates), so the query returns it as text. Never throws: an invalid row costs only the lines of its order.
 */
export function linesIn(text: string | null, within?: string): Lines {
  try {
    const value = JSON.parse(text ?? 'null');
    return linesOf(within === undefined ? value : value?.[within]);
  } catch (error) {
    return { items: [], unread: (error as Error).message };
  }
}

function linesOf(value: unknown): Lines {
  if (!Array.isArray(value)) return { items: [], unread: 'there is no list of lines' };
  const wrong = value.findIndex((line) => typeof line?.sku !== 'string' || !Number.isFinite(line?.quantity));
  if (wrong >= 0) return { items: [], unread: `line ${wrong + 1} has no SKU or no quantity` };
  return { items: value.map(({ sku, quantity }) => ({ sku, quantity })) };
}
