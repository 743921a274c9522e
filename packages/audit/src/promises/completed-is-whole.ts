import type { Books, OrderEntry } from '../books.js';
import { by, type Verdict, verdict, withStatus } from '../verdict.js';

/** A completed order was paid, taken from stock and shipped, once each. */
export function completedIsWhole(books: Books): Verdict {
  const payments = by(books.payments, (payment) => payment.orderId);
  const charges = by(books.charges, (charge) => charge.reference);
  const reservations = by(books.reservations, (reservation) => reservation.orderId);
  const shipments = by(books.shipments, (shipment) => shipment.orderId);
  const completed = withStatus(books, 'COMPLETED');
  const violations = completed.flatMap((order) => {
    const { orderId, total } = order;
    const payment = payments.get(orderId);
    const wrong: string[] = [];
    const demand = (holds: boolean, what: string) => holds || wrong.push(`completed order ${orderId}: ${what}`);
    demand(payment?.status === 'captured', `payment is ${payment?.status ?? 'missing'}`);
    demand(
      (books.ledger.revenueByOrder.get(orderId) ?? 0) === total,
      `revenue is ${books.ledger.revenueByOrder.get(orderId) ?? 0}, not ${total}`,
    );
    demand(
      total === 0 || books.ledger.capturesByOrder.get(orderId) === 1,
      `captured ${books.ledger.capturesByOrder.get(orderId) ?? 0} times`,
    );
    if (payment?.method === 'card') {
      const charge = charges.get(orderId);
      demand(charge?.net === total, `the provider took ${charge?.net ?? 0}`);
    }
    const reservation = reservations.get(orderId);
    demand(reservation?.status === 'committed', `reservation is ${reservation?.status ?? 'missing'}`);
    const unread = order.unread ?? reservation?.unread;
    demand(order.unread === undefined, `its lines could not be read in orders (${order.unread})`);
    demand(reservation?.unread === undefined, `its lines could not be read in reservations (${reservation?.unread})`);
    demand(
      unread !== undefined || sameLines(order.items, reservation?.items ?? []),
      'the lines taken from stock are not the lines ordered',
    );
    const shipment = shipments.get(orderId)?.status;
    demand(shipment === 'created' || shipment === 'dispatched', `shipment is ${shipment ?? 'missing'}`);
    return wrong;
  });
  return verdict(
    'COMPLETED: captured once for the total, stock committed once, one live shipment',
    { completed: completed.length },
    violations,
  );
}

function sameLines(ordered: OrderEntry['items'], taken: OrderEntry['items']): boolean {
  const sum = (items: OrderEntry['items']) => {
    const quantities = new Map<string, number>();
    for (const { sku, quantity } of items) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
    return JSON.stringify([...quantities].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return sum(ordered) === sum(taken);
}
