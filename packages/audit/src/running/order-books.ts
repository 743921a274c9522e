import type { Books, ChargeEntry, OrderEntry } from '../books.js';
import { allAgree } from '../promises/all-agree.js';
import { cancelledIsUndone } from '../promises/cancelled-is-undone.js';
import { completedIsWhole } from '../promises/completed-is-whole.js';
import { ANSWERS_WITHIN_MS } from '../read-books.js';
import { readLedgerByOrder, readReservations } from '../read-services.js';
import type { Verdict } from '../verdict.js';
import type { Snapshot } from './snapshot.js';

/** Maximum concurrent requests to the provider. */
const CONCURRENT_REQUESTS = 16;
const NOT_FOUND = 404;

/** Loads the charges under these references. */
export type Charges = (references: readonly string[]) => Promise<readonly ChargeEntry[]>;

/** Judges ended orders: completed is whole, cancelled is undone, all services agree. `endingsOf`: endings on the topic. */
export async function judgeSettled(
  snapshot: Snapshot,
  settled: readonly OrderEntry[],
  charges: Charges,
  endingsOf: (order: OrderEntry) => readonly string[],
): Promise<readonly [whole: Verdict, undone: Verdict, agree: Verdict]> {
  const records = settled.flatMap((order) => endingsOf(order).map((type) => ({ type, correlationId: order.orderId })));
  const removed = { records: 0, until: Number.NEGATIVE_INFINITY };
  const books = { ...(await booksOf(snapshot, settled, charges)), records, removed } as unknown as Books;
  return [completedIsWhole(books), cancelledIsUndone(books), allAgree(books)];
}

/** Loads all rows of these orders from the services. */
async function booksOf(
  snapshot: Snapshot,
  orders: readonly OrderEntry[],
  charges: Charges,
): Promise<Pick<Books, 'orders' | 'payments' | 'ledger' | 'charges' | 'reservations' | 'shipments'>> {
  const ids = orders.map(({ orderId }) => orderId);
  const payments = await snapshot
    .of('payment')
    .query(
      'select order_id as "orderId", status, method, amount::float8 as amount from payments where order_id = any($1::uuid[])',
      [ids],
    );
  const ledger = await readLedgerByOrder(snapshot.of('payment'), ids);
  const reservations = await readReservations(snapshot.of('inventory'), ids);
  const shipments = await snapshot
    .of('shipping')
    .query('select order_id as "orderId", status from shipments where order_id = any($1::uuid[])', [ids]);
  const byCard = payments.rows.filter(({ method }) => method === 'card').map(({ orderId }) => orderId as string);
  return {
    orders,
    payments: payments.rows,
    ledger: { transactions: 0, unbalanced: 0, unbalancedSums: [], total: 0, accountsThatDiffer: [], ...ledger },
    charges: await charges(byCard),
    reservations,
    shipments: shipments.rows,
  };
}

/** Requests only these charges from the provider. */
export async function chargesOf(providerUrl: string, references: readonly string[]): Promise<ChargeEntry[]> {
  const found: ChargeEntry[] = [];
  const left = references.values();
  const fetchNext = async () => {
    for (const reference of left) {
      const response = await fetch(`${providerUrl}/charges/${reference}`, {
        signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
      });
      if (response.ok) found.push((await response.json()) as ChargeEntry);
      else await response.body?.cancel();
      if (!response.ok && response.status !== NOT_FOUND) {
        throw new Error(`The payment provider answered ${response.status} to the auditor.`);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, fetchNext));
  return found;
}
