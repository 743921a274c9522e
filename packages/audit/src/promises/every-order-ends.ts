import type { Books } from '../books.js';
import { type Verdict, verdict, withStatus } from '../verdict.js';

/** Every accepted order ends. */
export function everyOrderEnds(books: Books): Verdict {
  const open = books.orders.filter(({ status }) => status === 'PLACED' || status === 'CANCELLING');
  return verdict(
    'every accepted order reaches COMPLETED or CANCELLED',
    {
      orders: books.orders.length,
      completed: withStatus(books, 'COMPLETED').length,
      cancelled: withStatus(books, 'CANCELLED').length,
    },
    open.map(({ orderId, status }) => `order ${orderId} is still ${status}`),
  );
}
