import { describe, expect, it } from '@jest/globals';
import { draw } from './draw.js';
import { reportOf, type Seen } from './report.js';

const BEGAN = 1_000_000;
const order = (
  orderId: string,
  placed: number,
  ended: number | null,
  status = 'COMPLETED',
  reason: string | null = null,
  sku = 'MUG-BLUE',
) =>
  ({
    ...{ orderId, status, reason, total: 1, items: [{ sku, quantity: 1 }] },
    ...{ placedAt: BEGAN + placed, endedAt: ended === null ? null : BEGAN + ended },
  }) as Seen['orders'][number];
const fired = (orderId: string, ends: 'COMPLETED' | 'CANCELLED' = 'COMPLETED', kind = 'on account') => ({
  ...{ orderId, kind, ends, dueAt: BEGAN },
});
const kill = {
  fault: { kind: 'kill', target: 'payment-1', atMs: 10_000, lastsMs: 2_000 },
  injectedAt: BEGAN + 10_000,
  liftedAt: BEGAN + 14_000,
} as const;
const held = {
  fault: { kind: 'row-held', target: 'inventory', detail: 'TEAPOT', atMs: 30_000, lastsMs: 15_000 },
  injectedAt: BEGAN + 30_000,
  liftedAt: BEGAN + 45_000,
} as const;

const seen = (changes: Partial<Seen> = {}): Seen => ({
  ...{
    seed: 7,
    minutes: 1,
    ratePerSecond: 1,
    beganAt: BEGAN,
    injected: [kill],
    unanswered: [],
    repetitions: 2,
    redriven: 0,
    notes: [],
  },
  fired: ['a', 'b', 'c'].map((id) => fired(id)),
  orders: [order('a', 0, 9_000), order('b', 11_000, 16_500), order('c', 15_000, 15_900)],
  promises: [{ promise: 'money', holds: true, checked: { transactions: 3 }, violations: [] }],
  watched: { looks: 4, failures: 1, violations: [] },
  recoveryBoundMs: 60_000,
  ...changes,
});

describe('the report of a chaos run', () => {
  it('reports the cost of a fault and the recovery time of the sagas in flight at its end', () => {
    const [effect] = reportOf(seen()).faults;
    expect(effect).toEqual({
      ...{ what: 'payment-1: killed (SIGKILL)', atMs: 10_000, liftedAtMs: 14_000, inFlight: 1, disturbed: false },
      rate: { before: 0.2, during: 0, after: 0.4 },
      recoveredAfterMs: 2_500,
    });
  });

  it('is sound if all promises hold and all orders end as expected', () => {
    const { sound, wrong, recoveredAfterMs } = reportOf(seen());
    expect([sound, wrong, recoveredAfterMs]).toEqual([true, [], 2_500]);
  });

  it.each<[string, Partial<Seen>, string]>([
    ['an order was lost', { orders: [order('a', 0, 9_000), order('b', 0, 1)] }, 'order c (on account) is LOST'],
    ['an order was placed twice', { fired: [fired('a'), fired('b')] }, 'no customer received the id of order c'],
    [
      'an order ended differently than expected',
      { fired: ['a', 'b', 'c'].map((id) => fired(id, 'CANCELLED')) },
      'expected CANCELLED',
    ],
    ['a customer got no answer', { unanswered: ['an order was answered 0'] }, 'an order was answered 0'],
    [
      'the auditor found a broken promise during the run',
      { watched: { looks: 1, failures: 0, violations: ['a ghost'] } },
      'during the run: a ghost',
    ],
    ['valid messages needed an operator', { redriven: 7 }, '7 valid messages needed an operator'],
    ['recovery took too long', { recoveryBoundMs: 1_000 }, 'the last saga ended after 2500 ms'],
  ])('is not sound when %s', (_, changes, says) => {
    const report = reportOf(seen(changes));
    expect(report.sound).toBe(false);
    expect(report.wrong.join('\n')).toContain(says);
  });

  it('counts orders that their deadline cancelled, and stays sound', () => {
    const orders = seen().orders.with(1, order('b', 11_000, 40_000, 'CANCELLED', 'deadline-passed'));
    const report = reportOf(seen({ orders }));
    expect([report.overdue, report.sound]).toEqual([1, true]);
  });

  it('marks a fault if another was active before the sagas had ended', () => {
    const other = { ...kill, injectedAt: BEGAN + 15_000, liftedAt: BEGAN + 15_100 };
    expect(reportOf(seen({ injected: [kill, other] })).faults[0]!.disturbed).toBe(true);
  });
});

describe('orders unaffected by a narrow fault', () => {
  const late = (sku: string) => order('c', 31_000, 47_000, 'COMPLETED', null, sku);
  const othersOf = (...orders: Seen['orders'][number][]) => reportOf(seen({ injected: [held], orders })).others;

  it('are judged by their duration', () => {
    const orders = [order('a', 31_000, 33_000), order('b', 32_000, 35_000), late('TEAPOT')];
    expect(othersOf(...orders)).toEqual({ judged: 2, slowestMs: 3_000, late: 0 });
  });

  it('make a run unsound if they waited for the end of the fault', () => {
    const { others, wrong, sound } = reportOf(
      seen({ injected: [held], orders: [...seen().orders.slice(0, 2), late('MUG-RED')] }),
    );
    expect([others.late, sound]).toEqual([1, false]);
    expect(wrong).toContain('1 unaffected orders took longer than 15000 ms');
  });

  it('are not judged before the fault, nor during or shortly after a wide fault', () => {
    expect(othersOf(order('a', 29_000, 60_000))).toMatchObject({ judged: 0 });
    expect(reportOf(seen({ injected: [kill, held], orders: [order('a', 31_000, 60_000)] })).others.judged).toBe(0);
  });
});

describe('the drawing of a chaos run', () => {
  it('has a line per fault, a chart of the endings with marks below, and the outcome', () => {
    const drawn = draw(reportOf(seen()));
    expect(drawn).toMatch(/10\.0 s +4\.0 s +payment-1: killed \(SIGKILL\) +0\.2\/s +0\.0\/s +0\.4\/s +1 +2\.5 s\n/);
    expect(drawn).toContain(`    0 s  ${' '.repeat(9)}█     ██\n${' '.repeat(9)}${' '.repeat(10)}!!!!\n`);
    expect(drawn).toContain('seed 7: 3 orders accepted, 3 COMPLETED; 2 requests retried');
    expect(drawn).toContain('the last saga ended 2.5 s after the last fault (limit: 60.0 s)');
    expect(drawn).toContain('✓ money (transactions 3)');
  });
});
