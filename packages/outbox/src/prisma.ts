import type { Tx } from './append.js';

/** The transaction client of Prisma 7 on `@prisma/adapter-pg`. */
interface TransactionClient {
  $queryRawUnsafe(text: string, ...values: any[]): PromiseLike<any>;
  $executeRawUnsafe(text: string, ...values: any[]): PromiseLike<number>;
}

/**
 * The transaction that `prisma.$transaction(async (tx) => …)` passes. Rows have values as `pg` has them: 64-bit integers and decimals are texts.
 * @throws if it is the client itself, outside of a transaction
 */
export function txOf(tx: TransactionClient): Tx {
  if ('$connect' in tx)
    throw new Error('This is no transaction of Prisma. Use the one that prisma.$transaction() passes to its callback.');
  return {
    async query(text, values = []) {
      // Prisma returns either rows or their number.
      if (!returnsRows(text)) return { rows: [], rowCount: await tx.$executeRawUnsafe(text, ...values) };
      const rows: Record<string, unknown>[] = await tx.$queryRawUnsafe(text, ...values);
      return { rows: rows.map(asOfPg) as never[], rowCount: rows.length };
    },
  };
}

const COMMENTS_AND_LITERALS = /--.*$|'(?:[^']|'')*'/gm;
const INNERMOST_PARENTHESES = /\([^()]*\)/g;

/** By the statement's own words, without those of the queries in its parentheses. */
function returnsRows(text: string): boolean {
  let own = text.replace(COMMENTS_AND_LITERALS, '');
  for (let before = ''; before !== own; ) {
    before = own;
    own = own.replace(INNERMOST_PARENTHESES, '');
  }
  const [kind] = /\b(?:select|values|insert|update|delete|merge)\b/i.exec(own) ?? [];
  return /^(?:select|values)$/i.test(kind ?? '') || /\breturning\b/i.test(own);
}

const asOfPg = (row: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, valueAsOfPg(value)]));

function valueAsOfPg(value: unknown): unknown {
  if (typeof value === 'bigint' || isDecimal(value)) return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Array.isArray(value) ? value.map(valueAsOfPg) : value;
}

/** Detects Prisma's class for `numeric`, whose name depends on its build; JSON has no object with these methods. */
const isDecimal = (value: unknown): boolean =>
  typeof (value as { toFixed?: unknown } | null)?.toFixed === 'function' && typeof value === 'object';
