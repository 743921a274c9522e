import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditReport, audit, RunningAudit } from '@quadrille/audit';
import fc from 'fast-check';
import { anyItinerary, anyJson, anyRecord, anyText, TIMES } from './any-content.js';
import { AuditedOrders } from './audited-orders.js';
import type { Audited } from './audited-tables.js';

const SLOW_MS = 240_000;
const ONE_TEAPOT = JSON.stringify([['TEAPOT', 1]]);

let orders: AuditedOrders;
/** An invalid order, which every audit must find. */
let broken: string;
beforeAll(async () => {
  orders = await AuditedOrders.start();
  for (let sound = 0; sound < 5; sound++) await orders.complete();
  broken = await orders.complete();
  await orders.tables.query('shipping', "update shipments set status = 'cancelled', reason = 'x' where order_id = $1", [
    broken,
  ]);
}, SLOW_MS);
afterAll(() => orders?.stop(), 60_000);

/** The second report of a new auditor of a running system. */
async function looked(): Promise<AuditReport> {
  const running = new RunningAudit(orders.sources);
  try {
    await running.look();
    return await running.look();
  } finally {
    await running.close();
  }
}
const violationsOf = (judged: Pick<AuditReport, 'promises'>) => judged.promises.flatMap(({ violations }) => violations);

/** The lines of an order by SKU; undefined if it has none. */
function linesOf(details: string): string | undefined {
  const items = JSON.parse(details)?.items;
  const isLine = (line: any) => typeof line?.sku === 'string' && Number.isFinite(line?.quantity);
  if (!Array.isArray(items) || !items.every(isLine)) return undefined;
  return JSON.stringify(items.map(({ sku, quantity }) => [sku, quantity]));
}

const set = (service: Audited, text: string, ...values: unknown[]) => orders.tables.query(service, text, values);

async function park(service: Audited, json: string): Promise<void> {
  await set(
    service,
    `insert into parked (step, message_id, key, message, state, code, cause, attempts)
     values ('a-step', $1, 'k', $2::json, 'dead', 'malformed', 'c', 1)`,
    randomUUID(),
    json,
  );
  await set(
    service,
    "insert into parked_audit (action, parked, by, reason) select 'discard', row_to_json(parked), 'ada', 'r' from parked",
  );
  await set(
    service,
    "insert into parked_audit (action, parked, by, reason) values ('discard', $1::json, 'ada', 'r')",
    json,
  );
}

describe('the auditor with arbitrary data', () => {
  it(
    'reports an order with an invalid row, reads one with NUL or a lone surrogate in a text, and audits all others as before',
    async () => {
      const property = fc.asyncProperty(fc.array(anyItinerary, { minLength: 1, maxLength: 8 }), async (allDetails) => {
        const odd = new Map<string, string>();
        for (const details of allDetails) odd.set(await orders.complete(), details);
        for (const [orderId, details] of odd) {
          await set('order', 'update orders set details = $1::json where order_id = $2', details, orderId);
        }
        const atRest = await audit(orders.sources);
        for (const violations of [violationsOf(await looked()), atRest.flatMap((promise) => promise.violations)]) {
          for (const [orderId, details] of odd) {
            const isNamed = violations.some((violation) => violation.includes(orderId));
            expect({ details, isNamed }).toEqual({ details, isNamed: linesOf(details) !== ONE_TEAPOT });
          }
          const others = violations.filter(
            (violation) => ![...odd.keys()].some((orderId) => violation.includes(orderId)),
          );
          expect(others).toEqual([`completed order ${broken}: shipment is cancelled`]);
        }
        for (const orderId of odd.keys()) {
          await set(
            'order',
            `update orders set details = '{"items":[{"sku":"TEAPOT","quantity":1}]}' where order_id = $1`,
            orderId,
          );
        }
      });
      await fc.assert(property, { numRuns: 8 });
    },
    SLOW_MS,
  );

  it(
    'reports a reservation with invalid lines',
    async () => {
      const orderId = await orders.complete();
      const property = fc.asyncProperty(anyJson, async (json) => {
        const [valid] = await orders.tables.query<{ is: boolean }>(
          'inventory',
          "select pg_input_is_valid($1, 'jsonb') as is",
          [json],
        );
        fc.pre(valid!.is);
        await set('inventory', 'update reservations set items = $1::jsonb where order_id = $2', json, orderId);
        const violations = violationsOf(await looked());
        expect(violations.some((violation) => violation.includes(orderId))).toBe(true);
        expect(violations.filter((violation) => !violation.includes(orderId) && !violation.includes(broken))).toEqual([
          expect.stringMatching(/^TEAPOT: sold /),
        ]);
      });
      await fc
        .assert(property, { numRuns: 8 })
        .finally(() =>
          set(
            'inventory',
            `update reservations set items = '[{"sku":"TEAPOT","quantity":1}]' where order_id = $1`,
            orderId,
          ),
        );
    },
    SLOW_MS,
  );

  it(
    'reports a ledger transaction that sums to 0 only across currencies',
    async () => {
      const id = randomUUID();
      await set('payment', 'alter table ledger_postings disable trigger user');
      await set(
        'payment',
        `insert into ledger_postings (transaction_id, account, amount, currency, at)
         values ($1, 'cash', 100, 'GBP', now()), ($1, 'revenue', -100, 'EUR', now())`,
        id,
      );
      try {
        const expected = `1 transactions do not sum to 0: ${id} sums to -100 EUR, ${id} sums to 100 GBP`;
        expect(violationsOf(await looked())).toContain(expected);
        expect((await audit(orders.sources)).flatMap(({ violations }) => violations)).toContain(expected);
      } finally {
        await set('payment', 'delete from ledger_postings where transaction_id = $1', id);
        await set('payment', 'alter table ledger_postings enable trigger user');
      }
    },
    SLOW_MS,
  );

  it(
    'continues with arbitrary parked messages, outbox rows and unsendable rows',
    async () => {
      const property = fc.asyncProperty(
        fc.array(anyJson, { minLength: 1, maxLength: 5 }),
        anyText,
        async (texts, text) => {
          for (const json of texts) {
            for (const service of ['order', 'payment', 'notification'] as const) await park(service, json);
            await set(
              'order',
              `insert into outbox_dead (id, shard, topic, key, headers, payload, created_at, attempts, cause)
             values ((select coalesce(max(id), 0) + 1 from outbox_dead), 1, 't', 'k', $1::json, $1::json, now(), 1, 'c')`,
              json,
            );
            await set('order', 'insert into outbox (shard, size, records) values (1, 2147483647, $1)', `\n${json}`);
          }
          await set(
            'order',
            'insert into outbox (shard, size, records) values (1, 1, $1)',
            Buffer.from(text.replaceAll('\0', '')).toString(),
          );
          // The search for missing events also reads the outbox and the parked messages.
          const unsent = await orders.complete({ sent: false });
          const judged = await looked();
          const others = violationsOf(judged).filter(
            (violation) => !violation.includes(broken) && !violation.includes(unsent),
          );
          expect(others).toEqual([expect.stringMatching(/^order: \d+ outbox rows can never be sent$/)]);
          expect((await audit(orders.sources)).length).toBe(7);
          for (const table of ['outbox', 'outbox_dead', 'parked', 'parked_audit'])
            await set('order', `truncate ${table}`);
          await set('order', 'delete from order_events where stream_id = $1', unsent);
          await set('order', 'delete from orders where order_id = $1', unsent);
        },
      );
      await fc.assert(property, { numRuns: 6 });
      for (const service of ['payment', 'notification'] as const) await set(service, 'truncate parked, parked_audit');
    },
    SLOW_MS,
  );

  it(
    'continues with arbitrary timestamps',
    async () => {
      const odd: string[] = [];
      for (const placed of TIMES) {
        for (const ended of [...TIMES, null]) {
          const orderId = await orders.complete();
          odd.push(orderId);
          await set(
            'order',
            'update orders set placed_at = $1::timestamptz, ended_at = $2::timestamptz, status = $3 where order_id = $4',
            placed,
            ended,
            ended === null ? 'PLACED' : 'COMPLETED',
            orderId,
          );
        }
      }
      const isOther = (violation: string) => !odd.some((orderId) => violation.includes(orderId));
      expect(violationsOf(await looked()).filter(isOther)).toEqual([
        `completed order ${broken}: shipment is cancelled`,
      ]);
      expect((await audit(orders.sources)).length).toBe(7);
      await set(
        'order',
        "update orders set placed_at = now(), ended_at = now(), status = 'COMPLETED' where order_id = any($1)",
        odd,
      );
    },
    SLOW_MS,
  );

  it(
    'continues with arbitrary bytes on a topic',
    async () => {
      const property = fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 20 }), async (records) => {
        await orders.sendAnything(records as never);
        const others = violationsOf(await looked()).filter((violation) => !violation.includes(broken));
        expect(others).toEqual([]);
      });
      await fc.assert(property, { numRuns: 6 });
    },
    SLOW_MS,
  );
});
