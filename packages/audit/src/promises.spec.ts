import { describe, expect, it } from '@jest/globals';
import type { Books, RecordEntry } from './books.js';
import { PROMISES } from './promises.js';

const record = (changes: Partial<RecordEntry>): RecordEntry => ({
  topic: 'quadrille.order.created',
  place: 'quadrille.order.created/0/0',
  at: 0,
  eventId: 'e1',
  type: 'OrderCreated',
  service: 'order',
  step: 'place-order',
  key: 'o1',
  correlationId: 'o1',
  causationId: null,
  ...changes,
});

const items = [{ sku: 'TEAPOT', quantity: 2 }];

/** Sound books with a completed order paid by card and a cancelled one. */
const sound: Books = {
  orders: [
    { orderId: 'o1', status: 'COMPLETED', total: 500, items, reason: null, placedAt: 0, endedAt: 1 },
    { orderId: 'o2', status: 'CANCELLED', total: 500, items, reason: 'out-of-stock', placedAt: 0, endedAt: 1 },
  ],
  orderEvents: new Map([
    ['e1', 0],
    ['e2', 1],
    ['e4', 1],
  ]),
  removed: { records: 0, until: Number.NEGATIVE_INFINITY },
  unreadable: [],
  payments: [
    { orderId: 'o1', status: 'captured', method: 'card', amount: 500 },
    { orderId: 'o2', status: 'voided', method: 'account', amount: 500 },
  ],
  ledger: {
    transactions: 3,
    unbalanced: 0,
    unbalancedSums: [],
    total: 0,
    revenueByOrder: new Map([['o1', 500]]),
    heldByOrder: new Map([['o2', 0]]),
    capturesByOrder: new Map([['o1', 1]]),
    accountsThatDiffer: [],
  },
  charges: [{ reference: 'o1', status: 'captured', held: 0, net: 500 }],
  stock: [{ sku: 'TEAPOT', received: 10, available: 8, reserved: 0, sold: 2 }],
  reservations: [
    { orderId: 'o1', status: 'committed', items },
    { orderId: 'o2', status: 'failed', items },
  ],
  shipments: [{ orderId: 'o1', status: 'dispatched' }],
  plumbing: [{ service: 'order', outboxPending: 0, outboxDead: 0, parkedRetrying: 0, parkedQueued: 0, parkedDead: 0 }],
  records: [
    record({}),
    record({ eventId: 'e3', type: 'PaymentCaptured', service: 'payment', step: 'capture-payment', causationId: 'c1' }),
    record({ eventId: 'e2', type: 'OrderCompleted', step: 'complete-order', causationId: 'e3' }),
    record({ eventId: 'e4', type: 'OrderCancelled', step: 'cancel-order', causationId: 'c2', correlationId: 'o2' }),
  ],
  accepted: new Map([
    ['payment', new Set(['capture-payment c1'])],
    ['order', new Set(['complete-order e3', 'cancel-order c2'])],
  ]),
};

/** Numbers of the promises that these books violate. */
const brokenBy = (changes: Partial<Books>): number[] =>
  PROMISES.flatMap((promise, at) => (promise({ ...sound, ...changes }).holds ? [] : [at + 1]));
const ledger = (changes: Partial<Books['ledger']>) => ({ ledger: { ...sound.ledger, ...changes } });
const [completed, cancelled] = sound.orders as [Books['orders'][number], Books['orders'][number]];

describe('the auditor', () => {
  it('finds no violation in sound books, and reports the numbers it checked', () => {
    expect(brokenBy({})).toEqual([]);
    expect(PROMISES[0]!(sound).checked).toEqual({ orders: 2, completed: 1, cancelled: 1, violations: 0 });
  });

  it('finds an order that never ended', () => {
    expect(brokenBy({ orders: [completed, { ...cancelled, status: 'CANCELLING' }] })).toEqual([1]);
  });

  it('finds a double capture', () => {
    expect(
      brokenBy(ledger({ capturesByOrder: new Map([['o1', 2]]), revenueByOrder: new Map([['o1', 1_000]]) })),
    ).toEqual([2]);
  });

  it('finds a capture that is missing at the provider', () => {
    expect(brokenBy({ charges: [{ reference: 'o1', status: 'authorized', held: 500, net: 0 }] })).toEqual([2]);
  });

  it('finds goods that were never taken from stock, or differ from the order', () => {
    const [, failed] = sound.reservations;
    const other = {
      orderId: 'o1',
      status: 'committed',
      items: [
        { sku: 'TEAPOT', quantity: 1 },
        { sku: 'TEAPOT', quantity: 2 },
      ],
    };
    expect(brokenBy({ reservations: [failed!] })).toEqual([2, 4]);
    expect(brokenBy({ reservations: [other, failed!] })).toEqual([2, 4]);
  });

  it('finds a completed order without a shipment', () => {
    expect(brokenBy({ shipments: [] })).toEqual([2]);
  });

  it('finds remains of a cancelled order', () => {
    expect(brokenBy(ledger({ heldByOrder: new Map([['o2', 500]]) }))).toEqual([3]);
    expect(
      brokenBy(
        ledger({
          revenueByOrder: new Map([
            ['o1', 500],
            ['o2', 500],
          ]),
        }),
      ),
    ).toEqual([3]);
    expect(brokenBy({ shipments: [...sound.shipments, { orderId: 'o2', status: 'created' }] })).toEqual([3]);
    expect(
      brokenBy({ charges: [...sound.charges, { reference: 'o2', status: 'authorized', held: 500, net: 0 }] }),
    ).toEqual([3]);
  });

  it('finds negative stock, lost pieces, and stock without a reservation', () => {
    const stock = sound.stock[0]!;
    expect(brokenBy({ stock: [{ ...stock, available: -1, sold: 2, received: 1 }] })).toEqual([4]);
    expect(brokenBy({ stock: [{ ...stock, available: 7 }] })).toEqual([4]);
    expect(brokenBy({ stock: [{ ...stock, available: 7, reserved: 1 }] })).toEqual([4]);
  });

  it('finds an unbalanced ledger and an account that differs from its postings', () => {
    expect(brokenBy(ledger({ unbalanced: 1 }))).toEqual([5]);
    expect(brokenBy(ledger({ total: 1 }))).toEqual([5]);
    expect(brokenBy(ledger({ accountsThatDiffer: ['ada'] }))).toEqual([5]);
  });

  it('finds a lost outbox row', () => {
    expect(brokenBy({ orderEvents: new Map([...sound.orderEvents, ['e9', 2]]) })).toEqual([6]);
  });

  it('finds a record without a committed row', () => {
    expect(brokenBy({ records: [...sound.records, record({ eventId: 'e9', type: 'OrderCompleted' })] })).toEqual([6]);
    const ghost = record({
      eventId: 'e9',
      service: 'payment',
      step: 'capture-payment',
      type: 'PaymentCaptured',
      causationId: 'c9',
    });
    expect(brokenBy({ records: [...sound.records, ghost] })).toEqual([6]);
  });

  it('finds an event that took effect twice, but accepts a duplicate record', () => {
    const [, captured] = sound.records;
    expect(brokenBy({ records: [...sound.records, { ...captured!, place: 'again' }] })).toEqual([]);
    expect(brokenBy({ records: [...sound.records, { ...captured!, eventId: 'e9' }] })).toEqual([6]);
  });

  it('finds messages that are parked or can never be sent', () => {
    const [plumbing] = sound.plumbing;
    for (const field of ['outboxPending', 'outboxDead', 'parkedRetrying', 'parkedQueued', 'parkedDead'] as const) {
      expect(brokenBy({ plumbing: [{ ...plumbing!, [field]: 1 }] })).toEqual([6]);
    }
  });

  it('finds services that disagree on an ending', () => {
    const completion = record({
      eventId: 'e2',
      type: 'OrderCompleted',
      step: 'complete-order',
      causationId: 'e3',
      correlationId: 'o2',
    });
    expect(brokenBy({ records: [...sound.records.filter(({ eventId }) => eventId !== 'e2'), completion] })).toEqual([
      7,
    ]);
    expect(brokenBy({ payments: [sound.payments[0]!, { ...sound.payments[1]!, status: 'captured' }] })).toEqual([7]);
  });
});
