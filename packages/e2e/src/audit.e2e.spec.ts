import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditReport, RunningAudit } from '@quadrille/audit';
import { topicOf } from '@quadrille/choreography';
import { checkout, OrderCompleted, PaymentCaptured } from '@quadrille/contracts';
import pg from 'pg';
import { eventually } from './eventually.js';
import { fire } from './fired.js';
import { holds } from './holds.js';
import { orderBody, orderThatFails } from './order-body.js';
import { type Stack, startStack } from './stack.js';
import { untilEnded } from './timeline.js';
import { recordsOn, send } from './wire.js';

/** In `npm run nightly` the load lasts one minute, without pauses. */
const LONG = process.env.QUADRILLE_LONG === '1';
const LOADED_MS = LONG ? 60_000 : 15_000;
const LOOKS_AT_LEAST = 5;
const AUDIT_EVERY_MS = 1_500;
const ORDERS_AT_ONCE = 12;
/** Every later audit reads all orders of this load again, so a short run places about fifty orders per second. */
const PAUSE_MS = LONG ? 0 : 200;
const SLOW_MS = 180_000;

const sourcesOf = ({ system }: Stack) => ({
  databases: system.databases,
  brokers: system.kafka.brokers,
  providerUrl: system.urls['payment-provider'],
});
const violationsOf = ({ promises }: AuditReport) => promises.flatMap(({ violations }) => violations);
/** The numbers of the broken promises, starting at 1. */
const brokenIn = ({ promises }: AuditReport) =>
  promises.flatMap(({ verdict }, at) => (verdict === 'broken' ? [at + 1] : []));

describe('the auditor of a running system', () => {
  let stack: Stack;
  let audit: RunningAudit;
  beforeAll(async () => {
    stack = await startStack();
    audit = new RunningAudit(sourcesOf(stack));
  }, 180_000);
  afterAll(async () => {
    await audit?.close();
    await stack?.stop();
  }, 60_000);

  it(
    'raises no false alarm under load, and reads only new data',
    async () => {
      const until = Date.now() + LOADED_MS;
      const looks: AuditReport[] = [];
      const goesOn = () => Date.now() < until || looks.length < LOOKS_AT_LEAST;
      const firing = (async () => {
        let orders = 0;
        for (; goesOn(); orders += ORDERS_AT_ONCE) {
          await fire(stack, ORDERS_AT_ONCE);
          await pause(PAUSE_MS);
        }
        return orders;
      })();
      while (goesOn()) {
        looks.push(await audit.look());
        await pause(AUDIT_EVERY_MS);
      }
      const orders = await firing;
      console.log(
        `${orders} orders, ${looks.length} looks of ${looks.map(({ tookMs }) => tookMs).join(', ')} ms; under way: ${looks.map(({ pending }) => pending.openSagas).join(', ')}`,
      );
      expect(looks.flatMap(violationsOf)).toEqual([]);
      expect(looks.some(({ pending }) => pending.openSagas > 0)).toBe(true);
      await holds(stack, 60_000);
      const last = await audit.look();
      expect([last.verdict, last.promises[0]!.checked.orders]).toEqual(['holds', orders]);
    },
    SLOW_MS,
  );

  /** Runs statements as a superuser, without triggers. */
  async function tamper(service: string, ...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: stack.system.postgres.url(service) });
    await client.connect();
    try {
      await client.query('set session_replication_role = replica');
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }
  async function completedOrder(): Promise<string> {
    const { orderId } = (await stack.shop.placeOrder(orderBody())).body;
    await untilEnded(stack, orderId);
    await holds(stack);
    return orderId;
  }
  /** The second report of the auditor that has settled everything, and of a new one. */
  async function found(): Promise<readonly [AuditReport, AuditReport]> {
    const fresh = new RunningAudit(sourcesOf(stack));
    try {
      await Promise.all([audit.look(), fresh.look()]);
      return [await audit.look(), await fresh.look()];
    } finally {
      await fresh.close();
    }
  }
  async function finds(promises: readonly number[], detail: RegExp): Promise<void> {
    for (const judged of await found()) {
      const violations = violationsOf(judged);
      expect({ broken: brokenIn(judged), violations }).toEqual({ broken: promises, violations });
      expect(violations.join('\n')).toMatch(detail);
    }
  }

  it(
    'finds a double capture, even of an order that was settled long before',
    async () => {
      const orderId = await completedOrder();
      await audit.look();
      const twice = randomUUID();
      await tamper(
        'payment',
        `insert into ledger_postings (transaction_id, account, customer_id, amount, currency, order_id, at)
         select '${twice}', account, customer_id, amount, currency, order_id, now() from ledger_postings
          where transaction_id = (select transaction_id from ledger_postings
                                   where order_id = '${orderId}' and account = 'revenue')`,
      );
      await finds([2, 5], new RegExp(`${orderId}: captured 2 times`)).finally(() =>
        tamper('payment', `delete from ledger_postings where transaction_id = '${twice}'`),
      );
      expect(violationsOf(await audit.look())).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'finds negative stock',
    async () => {
      const sku = 'TEAPOT';
      await tamper(
        'inventory',
        'alter table stock drop constraint stock_available_check',
        `update stock set available = available - received - 5, received = received - received - 5 where sku = '${sku}'`,
      );
      await finds([4], /TEAPOT: available is -/).finally(() =>
        tamper(
          'inventory',
          `update stock set received = 1000000, available = 1000000 - reserved - sold where sku = '${sku}'`,
          'alter table stock add constraint stock_available_check check (available >= 0)',
        ),
      );
    },
    SLOW_MS,
  );

  it(
    'finds a live shipment of a cancelled order',
    async () => {
      const { orderId } = (await stack.shop.placeOrder(orderThatFails('ShipmentFailed'))).body;
      expect(await untilEnded(stack, orderId)).toBe('CANCELLED');
      await holds(stack);
      const set = (status: string, rest: string) =>
        tamper(
          'shipping',
          `update shipments set status = '${status}', ${rest}, changed_at = now() where order_id = '${orderId}'`,
        );
      await set('created', "reason = null, tracking_number = 'X'");
      await finds([3], new RegExp(`cancelled order ${orderId}: shipment is created`)).finally(() =>
        set('failed', "reason = 'undeliverable-destination', tracking_number = null"),
      );
    },
    SLOW_MS,
  );

  it(
    'finds a record without a committed row',
    async () => {
      const topic = topicOf(checkout, PaymentCaptured);
      const [model] = await recordsOn(stack, [topic]);
      const [id, cause] = [randomUUID(), randomUUID()];
      const headers = { ...model!.headers, ce_id: id, ce_causationid: cause };
      await send(stack, [{ topic, key: model!.key!, headers, payload: model!.value! }]);
      await finds([6], new RegExp(`PaymentCaptured ${id} at .* stems from no committed row of payment`));
      // From here on it counts as published.
      await tamper('payment', `insert into inbox (message_id, step) values ('${cause}', 'capture-payment')`);
      await eventually(
        'its hearing',
        () => audit.look(),
        ({ verdict }) => verdict === 'holds',
      );
    },
    SLOW_MS,
  );

  it(
    'finds a record that its consumer has skipped',
    async () => {
      const orderId = await completedOrder();
      const completed = (await recordsOn(stack, [topicOf(checkout, OrderCompleted)])).find(
        ({ key }) => key === orderId,
      );
      const id = completed!.headers.ce_id!;
      await tamper('notification', `delete from inbox where message_id = '${id}'`);
      const fresh = new RunningAudit(sourcesOf(stack));
      // Offsets are committed every half second.
      const isBroken = ({ verdict }: AuditReport) => verdict === 'broken';
      const judged = await eventually('its finding', () => fresh.look(), isBroken).finally(() => fresh.close());
      expect(brokenIn(judged)).toEqual([6]);
      expect(violationsOf(judged).join()).toMatch(
        new RegExp(`OrderCompleted ${id} at .* was skipped by notify-customer of notification`),
      );
      await tamper('notification', `insert into inbox (message_id, step) values ('${id}', 'notify-customer')`);
    },
    SLOW_MS,
  );

  it(
    'finds a lost outbox row in the second audit, but no row that is only pending',
    async () => {
      const relay = (paused: boolean) =>
        fetch(`${stack.system.adminUrls.order}/control/relay`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ paused }),
        });
      await relay(true);
      const { orderId } = (await stack.shop.placeOrder(orderBody())).body;
      for (const judged of await found()) expect(violationsOf(judged)).toEqual([]);
      await tamper('order', `delete from outbox where id in (select id from outbox_records where key = '${orderId}')`);
      await relay(false);
      await finds([6], new RegExp(`of order ${orderId} never reached its topic`));
    },
    SLOW_MS,
  );
});
