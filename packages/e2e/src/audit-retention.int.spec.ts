import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditReport, audit, RunningAudit } from '@quadrille/audit';
import { AuditedOrders } from './audited-orders.js';

const SLOW_MS = 120_000;
const MINUTE_MS = 60_000;

let orders: AuditedOrders;
let live: RunningAudit;
beforeAll(async () => {
  orders = await AuditedOrders.start();
  live = new RunningAudit(orders.sources);
}, SLOW_MS);
afterAll(async () => {
  await live?.close();
  await orders?.stop();
}, 60_000);

const violationsOf = ({ promises }: AuditReport) => promises.flatMap(({ violations }) => violations);

/** The report of a new auditor. */
async function fresh(looks = 1): Promise<AuditReport> {
  const running = new RunningAudit(orders.sources);
  try {
    let judged = await running.look();
    for (let look = 1; look < looks; look++) judged = await running.look();
    return judged;
  } finally {
    await running.close();
  }
}
/** No auditor finds a violation: the running one, a new one, and the one at rest. */
async function nothingIsWrong(): Promise<{ live: AuditReport; fresh: AuditReport }> {
  const judged = { live: await live.look(), fresh: await fresh(2) };
  expect([violationsOf(judged.live), violationsOf(judged.fresh)]).toEqual([[], []]);
  expect((await audit(orders.sources)).flatMap(({ violations }) => violations)).toEqual([]);
  return judged;
}

describe('the auditor with a parked message of an order', () => {
  it(
    'does not check it: the step has not run yet',
    async () => {
      const { tables } = orders;
      const orderId = await orders.complete();
      const reservation = (status: string) =>
        tables.query('inventory', 'update reservations set status = $2 where order_id = $1', [orderId, status]);
      await reservation('reserved');
      await tables.query(
        'inventory',
        `insert into parked (step, message_id, key, message, state, code, cause, attempts, due_at)
         select step, message_id, $1, '{}', 'retrying', 'locked', 'somebody holds its row', 1, now()
           from inbox where step = 'commit-inventory'`,
        [orderId],
      );
      for (const judged of [await live.look(), await fresh(2)]) {
        expect(violationsOf(judged).filter((violation) => violation.includes(orderId))).toEqual([]);
      }
      await tables.query('inventory', 'delete from parked');
      expect(violationsOf(await live.look()).join()).toContain(orderId);
      await reservation('committed');
      await nothingIsWrong();
    },
    SLOW_MS,
  );
});

describe('the auditor of topics with limited retention', () => {
  it(
    'reports the number of unchecked events, and no violation',
    async () => {
      for (let order = 0; order < 10; order++) await orders.complete();
      expect((await nothingIsWrong()).live.notJudged).toEqual([]);
      const removed = await orders.removeRecords(3);
      expect(removed).toBeGreaterThan(5);
      const judged = await nothingIsWrong();
      // An auditor that read them before their deletion has checked them.
      expect(judged.live.notJudged).toEqual([]);
      expect(judged.fresh.notJudged).toEqual([`${removed} events beyond the retention of the topics were not checked`]);
      expect(judged.fresh.promises[5]!.checked.removed).toBe(removed);
    },
    SLOW_MS,
  );

  it(
    'raises no alarm for records deleted before it could read them, nor for an empty topic',
    async () => {
      for (let order = 0; order < 5; order++) await orders.complete();
      await orders.removeRecords(0);
      const { notJudged } = (await nothingIsWrong()).live;
      expect(notJudged).toEqual(['10 events beyond the retention of the topics were not checked']);
      await orders.complete();
      await nothingIsWrong();
    },
    SLOW_MS,
  );

  it(
    'does not treat an unread record as deleted, and does not check its order too early',
    async () => {
      await orders.complete();
      await orders.removeRecords(0);
      const orderId = await orders.complete({ sent: false });
      const reservation = (status: string) =>
        orders.tables.query('inventory', `update reservations set status = '${status}' where order_id = $1`, [orderId]);
      await reservation('reserved');
      expect(violationsOf(await live.look()).filter((violation) => violation.includes(orderId))).toEqual([]);
      await reservation('committed');
      await nothingIsWrong();
    },
    SLOW_MS,
  );

  it(
    'finds an event that was lost later',
    async () => {
      const orderId = await orders.complete({ sent: false, at: Date.now() + MINUTE_MS });
      for (const judged of [await live.look().then(() => live.look()), await fresh(2)]) {
        const violations = violationsOf(judged);
        expect(violations.length).toBeGreaterThan(0);
        for (const violation of violations) expect(violation).toContain(`of order ${orderId} never reached its topic`);
      }
      await orders.tables.query('order', 'delete from order_events where stream_id = $1', [orderId]);
      await orders.tables.query('order', 'delete from orders where order_id = $1', [orderId]);
    },
    SLOW_MS,
  );

  it.each([
    ['shorter than before', 0],
    ['longer than before', 30],
  ])(
    'continues after a topic was recreated and is %s',
    async (_, more) => {
      await orders.complete();
      await nothingIsWrong();
      await orders.makeTopicsAnew();
      await orders.complete();
      for (let order = 0; order < more; order++) await orders.complete();
      const judged = await nothingIsWrong();
      expect(judged.live.notJudged.join()).toMatch(/quadrille\.order\.created\/\d was recreated/);
      expect(judged.fresh.notJudged.join()).toMatch(/^\d+ events beyond the retention of the topics were not checked$/);
      await orders.complete();
      await nothingIsWrong();
    },
    SLOW_MS,
  );
});
