import type { StockEntry } from '../books.js';
import { stockViolations } from '../promises/stock-adds-up.js';
import { type Verdict, type Violations, verdict } from '../verdict.js';
import type { Snapshot } from './snapshot.js';

/** Maximum quantity that is exact in JavaScript and PostgreSQL. */
const MOST_PIECES = Number.MAX_SAFE_INTEGER;

/** Parses only well-formed lines, so that an invalid row does not affect the sum of the others. */
const LINES = `
  select order_id, status, line ->> 'sku' as sku,
         case jsonb_typeof(line -> 'quantity') when 'number' then
           case when abs((line -> 'quantity')::numeric) <= ${MOST_PIECES} then (line -> 'quantity')::numeric end
         end as quantity
    from reservations,
         jsonb_array_elements(case jsonb_typeof(items) when 'array' then items else '[null]' end) as line
   where status in ('reserved', 'committed')`;

const PLEDGED = `
  select sku,
         coalesce(sum(quantity) filter (where status = 'reserved'), 0)::float8 as reserved,
         coalesce(sum(quantity) filter (where status = 'committed'), 0)::float8 as sold
    from (${LINES}) as lines where sku is not null and quantity is not null
   group by 1`;

const UNREAD = `select distinct order_id as id from (${LINES}) as lines where sku is null or quantity is null order by 1`;

/** No piece is sold twice or lost; summed by the database in one snapshot. */
export async function stockIn(snapshot: Snapshot): Promise<Verdict> {
  const inventory = snapshot.of('inventory');
  const stock = await inventory.query<StockEntry>(
    `select sku, received::float8 as received, available::float8 as available, reserved::float8 as reserved,
            sold::float8 as sold from stock`,
  );
  const pledged = await inventory.query<{ sku: string; reserved: number; sold: number }>(PLEDGED);
  const unread = await inventory.query<{ id: string }>(UNREAD);
  const sums = new Map(pledged.rows.map((row) => [row.sku, row]));
  return verdict(
    'per SKU: available + reserved + sold = received, available >= 0',
    { skus: stock.rows.length, pieces: stock.rows.reduce((sum, { received }) => sum + received, 0) },
    [
      ...stock.rows.flatMap((each) => stockViolations(each, sums.get(each.sku))),
      ...unread.rows.map(({ id }) => `order ${id}: its lines could not be read in reservations`),
    ],
  );
}

const CAPTURED_TWICE = `
  select order_id as id, count(*)::float8 as captures
    from ledger_postings where account = 'revenue' and amount < 0 and order_id is not null
   group by order_id having count(*) > 1`;

/** Describes orders that were captured more than once, at any time. */
export async function capturedTwice(snapshot: Snapshot): Promise<string[]> {
  const { rows } = await snapshot.of('payment').query<{ id: string; captures: number }>(CAPTURED_TWICE);
  return rows.map(({ id, captures }) => `order ${id}: captured ${captures} times`);
}

/** Violations of the promises about orders. */
interface FoundInOrders {
  readonly snapshot: Snapshot;
  readonly overdue: Violations;
  readonly whole: Violations;
  readonly undone: Violations;
  readonly agree: Violations;
}

/** The verdicts on promises 1, 2, 3 and 7, with the number of checked orders. */
export async function orderVerdicts({
  snapshot,
  overdue,
  whole,
  undone,
  agree,
}: FoundInOrders): Promise<[ends: Verdict, whole: Verdict, undone: Verdict, agree: Verdict]> {
  const { rows } = await snapshot
    .of('order')
    .query<{ status: string; orders: number }>('select status, count(*)::float8 as orders from orders group by status');
  const of = (status: string) => rows.find((row) => row.status === status)?.orders ?? 0;
  const orders = rows.reduce((sum, row) => sum + row.orders, 0);
  const [completed, cancelled] = [of('COMPLETED'), of('CANCELLED')];
  return [
    verdict('every accepted order reaches COMPLETED or CANCELLED', { orders, completed, cancelled }, overdue),
    verdict('COMPLETED: captured once for the total, stock committed once, one live shipment', { completed }, whole),
    verdict('CANCELLED: net charge 0, nothing reserved, no live shipment', { cancelled }, undone),
    verdict('all services agree on how an order ended', { orders, endings: completed + cancelled }, agree),
  ];
}
