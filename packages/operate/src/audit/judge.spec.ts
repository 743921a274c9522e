import { describe, expect, it } from '@jest/globals';
import { OrderCompleted, OrderCreated } from '@quadrille/contracts';
import type { Books } from '@quadrille/testing';
import { plain } from '../terminal/paint.js';
import { inWords } from './in-words.js';
import { judge } from './judge.js';
import { lookAt } from './look.js';

const NOW = Date.parse('2026-01-01T00:01:00.000Z');
const MONEY = 'every ledger transaction sums to 0';

const books = (changes: Partial<Books> = {}): Books => ({
  ...{ orders: [], orderEvents: new Set(), payments: [], charges: [], stock: [], reservations: [], shipments: [] },
  ...{ plumbing: [], records: [], accepted: new Map() },
  ledger: { transactions: 1 } as Books['ledger'],
  ...changes,
});
const order = (status: Books['orders'][number]['status']): Books['orders'][number] => ({
  ...{ orderId: '1', status, total: 1, items: [], reason: null, placedAt: NOW - 12_000, endedAt: null },
});
const record = (event: { name: string }): Books['records'][number] => ({
  ...{ topic: 't', place: 't/0/1', eventId: 'e', type: event.name, service: 'order', step: 'place-order' },
  ...{ key: '1', correlationId: '1', causationId: null },
});
const verdict = (holds: boolean) => ({
  ...{ promise: MONEY, holds, checked: { transactions: 1, violations: holds ? 0 : 1 } },
  violations: holds ? [] : ['transaction 9 sums to 3'],
});
const look = (holds: boolean, changes?: Partial<Books>) => lookAt(books(changes), [verdict(holds)]);

describe('the audit of a running system', () => {
  it('holds at the first look when every promise holds', () => {
    expect(judge(look(true), undefined).verdict).toBe('holds');
  });

  it('calls a promise broken when two looks at a system at rest agree', () => {
    expect(judge(look(false), undefined).verdict).toBe('open');
    const judged = judge(look(false), look(false));
    expect(judged.verdict).toBe('broken');
    expect(inWords(judged, plain, NOW)).toBe(
      `✗ ${MONEY} (transactions 1, violations 1)\n    transaction 9 sums to 3\n\n1 of 1 promises are broken.`,
    );
  });

  it.each<[string, Partial<Books>, string]>([
    ['a saga is open', { orders: [order('PLACED')] }, '1 sagas are open, the oldest since 12.0 s'],
    ['a record is not taken', { records: [record(OrderCreated)] }, '1 records are not taken by their hearers'],
    [
      'an outbox row waits',
      { plumbing: [{ ...nothingWaits('order'), outboxPending: 2 }] },
      '2 outbox rows have not reached their topic',
    ],
    ['a message is parked', { plumbing: [{ ...nothingWaits('payment'), parkedDead: 1 }] }, '1 messages are parked'],
  ])('does not call it broken while %s, however often it looks', (_, changes, says) => {
    const judged = judge(look(false, changes), look(false, changes));
    expect(judged.promises[0]).toMatchObject({ verdict: 'open', violations: [] });
    expect(inWords(judged, plain, NOW)).toContain(`1 of 1 promises cannot be judged yet: ${says}`);
  });

  it('does not call it broken when something has moved between the looks', () => {
    expect(judge(look(false), look(false, { records: [record({ name: 'unheard-of' })] })).verdict).toBe('open');
  });

  it('knows which records have been taken', () => {
    const records = [record(OrderCompleted)];
    const accepted = new Map([
      ['inventory', new Set(['commit-inventory e'])],
      ['shipping', new Set(['dispatch-shipment e'])],
    ]);
    expect(look(true, { records, accepted }).pending.unheard).toBe(1);
    accepted.set('notification', new Set(['notify-customer e']));
    expect(look(true, { records, accepted }).pending.unheard).toBe(0);
  });
});

function nothingWaits(service: string): Books['plumbing'][number] {
  return { service, outboxPending: 0, outboxDead: 0, parkedRetrying: 0, parkedQueued: 0, parkedDead: 0 };
}
