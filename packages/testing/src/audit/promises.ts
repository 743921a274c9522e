import type { Books, OrderEntry } from './books.js';

/** One promise, checked: on how much, and what breaks it. */
export interface Verdict {
  readonly promise: string;
  readonly holds: boolean;
  /** The numbers it was checked on. */
  readonly checked: Readonly<Record<string, number>>;
  /** In words, the first ones. */
  readonly violations: readonly string[];
}

/** More violations than this are counted, not listed. */
const LISTED = 20;

function verdict(promise: string, checked: Record<string, number>, violations: readonly string[]): Verdict {
  return {
    promise,
    holds: violations.length === 0,
    checked: { ...checked, violations: violations.length },
    violations: violations.slice(0, LISTED),
  };
}

const by = <Entry, Key>(entries: readonly Entry[], key: (entry: Entry) => Key) =>
  new Map(entries.map((entry) => [key(entry), entry]));

const withStatus = (books: Books, status: OrderEntry['status']) =>
  books.orders.filter((order) => order.status === status);

/** 1: every accepted order ends. */
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

/** 2: what is completed was paid, taken from stock and shipped, once each. */
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
    demand(sameLines(order.items, reservation?.items ?? []), 'the lines taken from stock are not the lines ordered');
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

/** 3: what is cancelled left nothing behind. */
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

/** 4: no piece is sold twice or lost. */
export function stockAddsUp(books: Books): Verdict {
  const reserved = new Map<string, number>();
  const sold = new Map<string, number>();
  for (const { status, items } of books.reservations) {
    const sums = status === 'reserved' ? reserved : status === 'committed' ? sold : undefined;
    for (const { sku, quantity } of items) sums?.set(sku, (sums.get(sku) ?? 0) + quantity);
  }
  const violations = books.stock.flatMap((stock) => {
    const wrong: string[] = [];
    const demand = (holds: boolean, what: string) => holds || wrong.push(`${stock.sku}: ${what}`);
    demand(stock.available >= 0, `available is ${stock.available}`);
    demand(
      stock.available + stock.reserved + stock.sold === stock.received,
      `${stock.available} + ${stock.reserved} + ${stock.sold} is not ${stock.received}`,
    );
    demand(
      stock.reserved === (reserved.get(stock.sku) ?? 0),
      `reserved ${stock.reserved}, reservations say ${reserved.get(stock.sku) ?? 0}`,
    );
    demand(
      stock.sold === (sold.get(stock.sku) ?? 0),
      `sold ${stock.sold}, reservations say ${sold.get(stock.sku) ?? 0}`,
    );
    return wrong;
  });
  const pieces = books.stock.reduce((sum, { received }) => sum + received, 0);
  return verdict(
    'per SKU: available + reserved + sold = received, available >= 0',
    { skus: books.stock.length, pieces },
    violations,
  );
}

/** 5: money is neither made nor lost. */
export function moneyBalances({ ledger }: Books): Verdict {
  return verdict('every ledger transaction sums to 0', { transactions: ledger.transactions, total: ledger.total }, [
    ...(ledger.unbalanced > 0 ? [`${ledger.unbalanced} transactions do not sum to 0`] : []),
    ...(ledger.total !== 0 ? [`all postings together are ${ledger.total}`] : []),
    ...ledger.accountsThatDiffer.map((customer) => `the account of ${customer} is not the sum of its postings`),
  ]);
}

/** 6: nothing said is lost, invented, or taken twice. */
export function everyEventOnce(books: Books): Verdict {
  const violations: string[] = [];
  for (const { service, outboxPending, outboxDead, parkedRetrying, parkedQueued, parkedDead } of books.plumbing) {
    if (outboxPending > 0) violations.push(`${service}: ${outboxPending} outbox rows have not reached their topic`);
    if (outboxDead > 0) violations.push(`${service}: ${outboxDead} outbox rows can never be sent`);
    if (parkedRetrying + parkedQueued > 0)
      violations.push(`${service}: ${parkedRetrying + parkedQueued} messages are parked`);
    if (parkedDead > 0) violations.push(`${service}: ${parkedDead} dead letters wait for an operator`);
  }
  const onTopics = new Set(books.records.map(({ eventId }) => eventId));
  for (const id of books.orderEvents)
    if (!onTopics.has(id)) violations.push(`event ${id} of the order service never reached its topic`);
  violations.push(...ghosts(books), ...doubleEffects(books));
  const steps = [...books.accepted.values()].reduce((sum, each) => sum + each.size, 0);
  return verdict(
    'every committed row reaches its topic, every record stems from a row, each event takes effect at most once',
    {
      records: books.records.length,
      events: onTopics.size,
      repeatedOnTheWire: books.records.length - onTopics.size,
      accepted: steps,
    },
    violations,
  );
}

/** Records that no service's committed rows account for. */
function ghosts(books: Books): string[] {
  return books.records.flatMap(({ service, step, eventId, type, causationId, place }) => {
    const known =
      causationId === null
        ? service !== 'order' || books.orderEvents.has(eventId)
        : books.accepted.get(service)?.has(`${step} ${causationId}`);
    return known ? [] : [`${type} ${eventId} at ${place} stems from no committed row of ${service}`];
  });
}

/** Two different events that one step said because of the same one. */
function doubleEffects(books: Books): string[] {
  const effects = new Map<string, string>();
  return books.records.flatMap(({ service, step, causationId, eventId }) => {
    if (causationId === null) return [];
    const cause = `${service} ${step} ${causationId}`;
    const before = effects.get(cause);
    effects.set(cause, before ?? eventId);
    return before !== undefined && before !== eventId
      ? [`${step} took ${causationId} twice: ${before} and ${eventId}`]
      : [];
  });
}

/** 7: everybody knows the same ending. */
export function allAgree(books: Books): Verdict {
  const endings = new Map<string, Set<string>>();
  for (const { type, correlationId } of books.records) {
    if (type !== 'OrderCompleted' && type !== 'OrderCancelled') continue;
    endings.set(correlationId, (endings.get(correlationId) ?? new Set()).add(type));
  }
  const payments = by(books.payments, (payment) => payment.orderId);
  const violations = books.orders.flatMap(({ orderId, status }) => {
    if (status !== 'COMPLETED' && status !== 'CANCELLED') return [];
    const wrong: string[] = [];
    const said = [...(endings.get(orderId) ?? [])];
    const expected = status === 'COMPLETED' ? 'OrderCompleted' : 'OrderCancelled';
    if (said.join() !== expected)
      wrong.push(`order ${orderId} is ${status}, the topic says ${said.join(' and ') || 'nothing'}`);
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

/** The seven promises of the checkout, in their order. */
export const PROMISES: readonly ((books: Books) => Verdict)[] = [
  everyOrderEnds,
  completedIsWhole,
  cancelledIsUndone,
  stockAddsUp,
  moneyBalances,
  everyEventOnce,
  allAgree,
];
