import type { Books, StockEntry } from '../books.js';
import { type Verdict, verdict } from '../verdict.js';

/** No piece is sold twice or lost. */
export function stockAddsUp(books: Books): Verdict {
  const reserved = new Map<string, number>();
  const sold = new Map<string, number>();
  for (const { status, items } of books.reservations) {
    const sums = status === 'reserved' ? reserved : status === 'committed' ? sold : undefined;
    for (const { sku, quantity } of items) sums?.set(sku, (sums.get(sku) ?? 0) + quantity);
  }
  const violations = books.stock.flatMap((stock) =>
    stockViolations(stock, { reserved: reserved.get(stock.sku) ?? 0, sold: sold.get(stock.sku) ?? 0 }),
  );
  const pieces = books.stock.reduce((sum, { received }) => sum + received, 0);
  return verdict(
    'per SKU: available + reserved + sold = received, available >= 0',
    { skus: books.stock.length, pieces },
    violations,
  );
}

/** Describes the violations of one SKU, by its own numbers and by those of its reservations. */
export function stockViolations(
  stock: StockEntry,
  pledged: { readonly reserved: number; readonly sold: number } = { reserved: 0, sold: 0 },
): string[] {
  const wrong: string[] = [];
  const demand = (holds: boolean, what: string) => holds || wrong.push(`${stock.sku}: ${what}`);
  demand(stock.available >= 0, `available is ${stock.available}`);
  demand(
    stock.available + stock.reserved + stock.sold === stock.received,
    `${stock.available} + ${stock.reserved} + ${stock.sold} is not ${stock.received}`,
  );
  demand(stock.reserved === pledged.reserved, `reserved ${stock.reserved}, but ${pledged.reserved} in reservations`);
  demand(stock.sold === pledged.sold, `sold ${stock.sold}, but ${pledged.sold} in reservations`);
  return wrong;
}
