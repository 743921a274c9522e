import { Sku } from '@quadrille/contracts';
import { z } from 'zod';

/** The maximum number of entries per page. */
export const MAX_PAGE = 500;
const DEFAULT_PAGE = 100;

/** Query of a list by SKU. The cursor is `next` of the previous page, opaque to callers. */
export const PageRequest = z.object({
  cursor: z
    .string()
    .max(200)
    .transform((text) => Buffer.from(text, 'base64url').toString())
    .pipe(Sku)
    .optional()
    .describe('`next` of the previous page'),
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE)).default(DEFAULT_PAGE),
});
export type PageRequest = z.infer<typeof PageRequest>;

/** The cursor of the next page; null on the last page. */
export const Next = z.string().nullable().describe('cursor of the next page');

/** Reads one entry more than a page holds, to detect the last page. */
export async function page<Entry extends { readonly sku: string }>(
  { cursor = '', limit }: PageRequest,
  read: (after: string, limit: number) => Promise<readonly Entry[]>,
): Promise<{ entries: Entry[]; next: string | null }> {
  const found = await read(cursor, limit + 1);
  const entries = found.slice(0, limit);
  const more = found.length > limit;
  return { entries, next: more ? Buffer.from(entries.at(-1)!.sku).toString('base64url') : null };
}
