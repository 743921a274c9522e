import type { Books } from '../books.js';
import { by, type Verdict, verdict } from '../verdict.js';

/** All services have the same ending of an order. */
export function allAgree(books: Books): Verdict {
  const endings = new Map<string, Set<string>>();
  for (const { type, correlationId } of books.records) {
    if (type !== 'OrderCompleted' && type !== 'OrderCancelled') continue;
    endings.set(correlationId, (endings.get(correlationId) ?? new Set()).add(type));
  }
  const payments = by(books.payments, (payment) => payment.orderId);
  const violations = books.orders.flatMap(({ orderId, status, endedAt }) => {
    if (status !== 'COMPLETED' && status !== 'CANCELLED') return [];
    const wrong: string[] = [];
    const onTopic = [...(endings.get(orderId) ?? [])];
    const expected = status === 'COMPLETED' ? 'OrderCompleted' : 'OrderCancelled';
    // A record beyond the retention of the topic is not missing.
    const isRemoved = onTopic.length === 0 && endedAt !== null && endedAt <= books.removed.until;
    if (onTopic.join() !== expected && !isRemoved)
      wrong.push(`order ${orderId} is ${status}, the topic has ${onTopic.join(' and ') || 'no ending'}`);
    const payment = payments.get(orderId)?.status ?? 'missing';
    const fits = status === 'COMPLETED' ? payment === 'captured' : ['failed', 'voided', 'refunded'].includes(payment);
    if (!fits) wrong.push(`order ${orderId} is ${status}, its payment is ${payment}`);
    return wrong;
  });
  return verdict(
    'all services agree on how an order ended',
    { orders: books.orders.length, endings: endings.size },
    violations,
  );
}
