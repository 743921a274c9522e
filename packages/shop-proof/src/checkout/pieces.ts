import type { OrderDetails } from '@quadrille/contracts';
import { piecesIn } from '@quadrille/inventory/domain/pieces';
import { reservations } from '@quadrille/inventory/domain/reservations';
import { stock } from '@quadrille/inventory/domain/stock';
import type { Look } from '@quadrille/proof/explore/look';

/** Checks for each SKU: available + reserved + sold = received, no negative number, and the same numbers in the reservations. */
export function piecesAreConserved(look: Look, orders: readonly OrderDetails[]): string | undefined {
  for (const sku of new Set(orders.flatMap(({ items }) => items.map((item) => item.sku)))) {
    const { received, available, reserved, sold } = look.state(stock.of(sku));
    const shelf = `${sku}: ${available} available, ${reserved} reserved, ${sold} sold of ${received}`;
    if (available < 0 || reserved < 0 || sold < 0 || available + reserved + sold !== received) return `${shelf}.`;
    const promised = piecesOf(look, orders, sku, 'reserved');
    const gone = piecesOf(look, orders, sku, 'committed');
    if (promised !== reserved || gone !== sold) return `${shelf}, but the orders have ${promised} and ${gone}.`;
  }
  return undefined;
}

function piecesOf(look: Look, orders: readonly OrderDetails[], sku: string, status: 'reserved' | 'committed'): number {
  return orders.reduce((sum, { orderId }) => {
    const reservation = look.state(reservations.of(orderId));
    return reservation.status === status ? sum + (piecesIn(reservation.items).get(sku) ?? 0) : sum;
  }, 0);
}
