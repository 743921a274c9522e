import { describe, expect, it } from '@jest/globals';
import { MAX_PAGE, PageRequest, page } from './page.js';

const shelf = ['A', 'B b', 'C', 'D'].map((sku) => ({ sku }));
const read = async (after: string, limit: number) => shelf.filter(({ sku }) => sku > after).slice(0, limit);

describe('a paginated list', () => {
  it('is complete if each page starts at the cursor of the previous one', async () => {
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

  it('has no next page if the last one is exactly full', async () => {
    expect((await page(PageRequest.parse({ limit: '4' }), read)).next).toBeNull();
  });

  it('rejects an invalid cursor and a limit out of range', () => {
    for (const wrong of [{ cursor: '***' }, { limit: '0' }, { limit: String(MAX_PAGE + 1) }, { limit: 'many' }]) {
      expect(PageRequest.safeParse(wrong).success).toBe(false);
    }
  });
});
