import type { Books } from '../books.js';
import { by, type Verdict, verdict, withStatus } from '../verdict.js';

/** A cancelled order leaves no effects. */
export function cancelledIsUndone(books: Books): Verdict {
  const charges = by(books.charges, (charge) => charge.reference);
  const reservations = by(books.reservations, (reservation) => reservation.orderId);
  const shipments = by(books.shipments, (shipment) => shipment.orderId);
  const cancelled = withStatus(books, 'CANCELLED');
  const violations = cancelled.flatMap(({ orderId }) => {
    const wrong: string[] = [];
    const demand = (holds: boolean, what: string) => holds || wrong.push(`cancelled order ${orderId}: ${what}`);
    demand(
      (books.ledger.revenueByOrder.get(orderId) ?? 0) === 0,
      `net charge ${books.ledger.revenueByOrder.get(orderId)}`,
    );
    demand((books.ledger.heldByOrder.get(orderId) ?? 0) === 0, `still holds ${books.ledger.heldByOrder.get(orderId)}`);
    const charge = charges.get(orderId);
    demand(
      !charge || (charge.net === 0 && charge.held === 0),
      `the provider took ${charge?.net} and holds ${charge?.held}`,
    );
    const reservation = reservations.get(orderId)?.status;
    demand(reservation !== 'reserved' && reservation !== 'committed', `reservation is ${reservation}`);
    const shipment = shipments.get(orderId)?.status;
    demand(shipment !== 'created' && shipment !== 'dispatched', `shipment is ${shipment}`);
    return wrong;
  });
  return verdict(
    'CANCELLED: net charge 0, nothing reserved, no live shipment',
    { cancelled: cancelled.length },
    violations,
  );
}
