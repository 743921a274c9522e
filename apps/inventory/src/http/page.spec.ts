import { describe, expect, it } from '@jest/globals';
import { MAX_PAGE, PageRequest, page } from './page.js';

const shelf = ['A', 'B b', 'C', 'D'].map((sku) => ({ sku }));
const read = async (after: string, limit: number) => shelf.filter(({ sku }) => sku > after).slice(0, limit);

describe('a list by pages', () => {
  it('is complete when every page begins where the one before ended', async () => {
    const seen: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const request = PageRequest.parse({ limit: '2', ...(cursor && { cursor }) });
      const { entries, next } = await page(request, read);
      seen.push(...entries.map(({ sku }) => sku));
      cursor = next;
    }
    expect(seen).toEqual(['A', 'B b', 'C', 'D']);
  });

  it('has no next page when the last is just full', async () => {
    expect((await page(PageRequest.parse({ limit: '4' }), read)).next).toBeNull();
  });

  it('does not take a cursor that it never gave, or a page without bounds', () => {
    for (const wrong of [{ cursor: '***' }, { limit: '0' }, { limit: String(MAX_PAGE + 1) }, { limit: 'many' }]) {
      expect(PageRequest.safeParse(wrong).success).toBe(false);
    }
  });
});
