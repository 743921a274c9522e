import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditReport, audit as auditAtRest, RunningAudit } from '@quadrille/audit';
import { AuditedOrders } from './audited-orders.js';

const SLOW_MS = 120_000;
const MINUTE_MS = 60_000;

let orders: AuditedOrders;
beforeAll(async () => {
  orders = await AuditedOrders.start();
}, SLOW_MS);
afterAll(() => orders?.stop(), 60_000);

const violationsOf = ({ promises }: AuditReport) => promises.flatMap(({ violations }) => violations);

describe('the auditor of a topic with a batch that cannot be decompressed', () => {
  it(
    'reports the batch, reports no event as lost that may be in it, and checks the records before, after and next to it',
    async () => {
      for (let order = 0; order < 5; order++) await orders.complete();
      await orders.complete({ sent: false });
      await orders.sendUnreadable(0);
      await orders.sendUnreadable(1);
      for (let order = 0; order < 5; order++) await orders.complete();
      const audit = new RunningAudit(orders.sources);
      try {
        await audit.look();
        const judged = await audit.look();
        expect(violationsOf(judged)).toEqual([]);
        expect(judged.promises[5]!.checked.records).toBe(20);
        const expected = [
          '2 events beyond the retention of the topics, or in unreadable batches, were not checked',
          expect.stringMatching(/order\.created\/\d from offset \d+ cannot be read: Batch .* is packed with Snappy, /),
          expect.stringMatching(/order\.created\/\d from offset \d+ cannot be read: Batch .* is packed with Snappy, /),
        ];
        expect(judged.notJudged).toEqual(expected);
        const atRest = await auditAtRest(orders.sources);
        expect(atRest.flatMap(({ violations }) => violations)).toEqual([]);
        expect(atRest[5]!.checked.records).toBe(20);
        expect(atRest[5]!.notJudged).toEqual(expected.slice(1));
        // A violation elsewhere or after the batch is found.
        const broken = await orders.complete();
        await orders.tables.query(
          'shipping',
          "update shipments set status = 'cancelled', reason = 'x' where order_id = $1",
          [broken],
        );
        const lost = await orders.complete({ sent: false, at: Date.now() + MINUTE_MS });
        await audit.look();
        const found = await audit.look();
        expect(violationsOf(found).filter((violation) => violation.includes(lost))).toHaveLength(2);
        expect(violationsOf(found)).toContain(`completed order ${broken}: shipment is cancelled`);
        expect(found.notJudged).toEqual(expected);
      } finally {
        await audit.close();
      }
    },
    SLOW_MS,
  );
});
