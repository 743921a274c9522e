import type { Line } from './books.js';

/** The lines of an order as a row has them; `unread` says why nobody can know them. */
export interface Lines {
  readonly items: readonly Line[];
  readonly unread?: string;
}

/**
 * Reads lines out of the text of a JSON column. PostgreSQL keeps JSON that its own operators cannot take apart (NUL, half a surrogate
 * pair), so it is asked for the text alone. Never throws: a row that makes no sense costs what is known of its order.
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
