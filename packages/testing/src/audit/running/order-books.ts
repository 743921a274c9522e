import type { Books, ChargeEntry, OrderEntry } from '../books.js';
import { readLedgerByOrder } from '../read-services.js';
import type { Snapshot } from './snapshot.js';

/** So many questions wait for the provider's answer at the same time. */
const ASKED_AT_ONCE = 16;
const NOT_FOUND = 404;

/** Everything the services have written down about these orders. */
export async function booksOf(
  snapshot: Snapshot,
  orders: readonly OrderEntry[],
  charges: (references: readonly string[]) => Promise<readonly ChargeEntry[]>,
): Promise<Pick<Books, 'orders' | 'payments' | 'ledger' | 'charges' | 'reservations' | 'shipments'>> {
  const ids = orders.map(({ orderId }) => orderId);
  const payments = await snapshot
    .of('payment')
    .query(
      'select order_id as "orderId", status, method, amount::float8 as amount from payments where order_id = any($1::uuid[])',
      [ids],
    );
  const ledger = await readLedgerByOrder(snapshot.of('payment'), ids);
  const reservations = await snapshot
    .of('inventory')
    .query('select order_id as "orderId", status, items from reservations where order_id = any($1::uuid[])', [ids]);
  const shipments = await snapshot
    .of('shipping')
    .query('select order_id as "orderId", status from shipments where order_id = any($1::uuid[])', [ids]);
  const byCard = payments.rows.filter(({ method }) => method === 'card').map(({ orderId }) => orderId as string);
  return {
    orders,
    payments: payments.rows,
    ledger: { transactions: 0, unbalanced: 0, total: 0, accountsThatDiffer: [], ...ledger },
    charges: await charges(byCard),
    reservations: reservations.rows,
    shipments: shipments.rows,
  };
}

/** Asks the provider for these charges, and no others. */
export async function chargesOf(providerUrl: string, references: readonly string[]): Promise<ChargeEntry[]> {
  const found: ChargeEntry[] = [];
  const left = references.values();
  const ask = async () => {
    for (const reference of left) {
      const response = await fetch(`${providerUrl}/charges/${reference}`);
      if (response.ok) found.push((await response.json()) as ChargeEntry);
      else await response.body?.cancel();
      if (!response.ok && response.status !== NOT_FOUND) {
        throw new Error(`The payment provider answered ${response.status} to the auditor.`);
      }
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, ask));
  return found;
}
