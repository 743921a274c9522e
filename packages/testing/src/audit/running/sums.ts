import type { StockEntry } from '../books.js';
import { stockViolations } from '../promises/stock-adds-up.js';
import { type Verdict, verdict } from '../verdict.js';
import type { Snapshot } from './snapshot.js';

const PLEDGED = `
  select line->>'sku' as sku,
         coalesce(sum((line->>'quantity')::bigint) filter (where status = 'reserved'), 0)::float8 as reserved,
         coalesce(sum((line->>'quantity')::bigint) filter (where status = 'committed'), 0)::float8 as sold
    from reservations, jsonb_array_elements(items) as line
   where status in ('reserved', 'committed')
   group by 1`;

/** No piece is sold twice or lost: the database sums, in one moment. */
export async function stockIn(snapshot: Snapshot): Promise<Verdict> {
  const inventory = snapshot.of('inventory');
  const stock = await inventory.query<StockEntry>(
    `select sku, received::float8 as received, available::float8 as available, reserved::float8 as reserved,
            sold::float8 as sold from stock`,
  );
  const pledged = await inventory.query<{ sku: string; reserved: number; sold: number }>(PLEDGED);
  const sums = new Map(pledged.rows.map((row) => [row.sku, row]));
  return verdict(
    'per SKU: available + reserved + sold = received, available >= 0',
    { skus: stock.rows.length, pieces: stock.rows.reduce((sum, { received }) => sum + received, 0) },
    stock.rows.flatMap((each) => stockViolations(each, sums.get(each.sku))),
  );
}

const CAPTURED_TWICE = `
  select order_id as id, count(*)::int as captures
    from ledger_postings where account = 'revenue' and amount < 0 and order_id is not null
   group by order_id having count(*) > 1`;

/** In words: orders that were charged more than once, whenever that was. */
export async function capturedTwice(snapshot: Snapshot): Promise<string[]> {
  const { rows } = await snapshot.of('payment').query<{ id: string; captures: number }>(CAPTURED_TWICE);
  return rows.map(({ id, captures }) => `order ${id}: captured ${captures} times`);
}
