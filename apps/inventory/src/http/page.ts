import { Sku } from '@quadrille/contracts';
import { z } from 'zod';

/** The most entries of one page. */
export const MAX_PAGE = 500;
const DEFAULT_PAGE = 100;

/** Query of a list by SKU. The cursor is the `next` of the page before; what it holds is not the caller's business. */
export const PageRequest = z.object({
  cursor: z
    .string()
    .max(200)
    .transform((text) => Buffer.from(text, 'base64url').toString())
    .pipe(Sku)
    .optional()
    .describe('`next` of the page before'),
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE)).default(DEFAULT_PAGE),
});
export type PageRequest = z.infer<typeof PageRequest>;

/** `next` of a page: null when it was the last. */
export const Next = z.string().nullable().describe('cursor of the next page');

/** Reads one entry more than a page holds, to know whether it is the last. */
export async function page<Entry extends { readonly sku: string }>(
  { cursor = '', limit }: PageRequest,
  read: (after: string, limit: number) => Promise<readonly Entry[]>,
): Promise<{ entries: Entry[]; next: string | null }> {
  const found = await read(cursor, limit + 1);
  const entries = found.slice(0, limit);
  const more = found.length > limit;
  return { entries, next: more ? Buffer.from(entries.at(-1)!.sku).toString('base64url') : null };
}
