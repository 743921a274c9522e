import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicOf } from '@quadrille/choreography';
import { checkout, OrderCreated, SERVICES } from '@quadrille/contracts';
import { freePort, type RunningProcess, startProcess } from '@quadrille/local';
import pg from 'pg';
import { eventually } from './eventually.js';
import { fireThrough } from './fire-through.js';
import { endAsTheyMust } from './fired.js';
import { holds } from './holds.js';
import { orderBody } from './order-body.js';
import { hold, SOON_MISSED, type Stack, startStack } from './stack.js';
import { timelineOf, untilEnded, untilSeen } from './timeline.js';

const ORDERS = 60;
/** The number of accepted orders at the time of the kill: others are in flight, and more follow. */
const CRASHES_AT = 20;
/** Includes the three or six seconds for which a group waits for a crashed member. */
const ENDED_AFTER_RESTART_WITHIN_MS = 15_000;
const PAYMENT = fileURLToPath(new URL('../../../apps/payment/dist/main.js', import.meta.url));

describe('a kill while orders are in flight', () => {
  let stack: Stack;
  let placed = 0;
  beforeAll(async () => {
    stack = await startStack({ env: SOON_MISSED });
  }, 180_000);
  afterAll(async () => {
    await stack?.stop();
  }, 60_000);

  /** Places orders, kills in between, restarts, and asserts the expected endings. */
  async function survive(killAndBringBack: () => Promise<void>): Promise<void> {
    let strike = () => {};
    const midst = new Promise<void>((resolve) => {
      strike = resolve;
    });
    let backAt = 0;
    const [fired] = await Promise.all([
      fireThrough(stack, ORDERS, (accepted) => accepted === CRASHES_AT && strike()),
      midst.then(killAndBringBack).then(() => {
        backAt = Date.now();
      }),
    ]);
    placed += fired.length;
    await endAsTheyMust(stack, fired, ENDED_AFTER_RESTART_WITHIN_MS);
    await recoversInTime(fired, backAt);
    await holds(stack);
    for (const { orderId } of fired) await shown(orderId);
  }

  /** Asserts that the sagas in flight at the restart end within the limit, and prints their time. */
  async function recoversInTime(fired: readonly { readonly orderId: string }[], backAt: number): Promise<void> {
    const orders = new pg.Client({ connectionString: stack.system.databases.order! });
    await orders.connect();
    const { rows } = await orders.query<{ sagas: number; last: Date | null }>(
      `select count(*)::int as sagas, max(ended_at) as last from orders
        where order_id = any($1::uuid[]) and placed_at <= $2 and ended_at > $2`,
      [fired.map(({ orderId }) => orderId), new Date(backAt)],
    );
    await orders.end();
    const tookMs = rows[0]!.last ? rows[0]!.last.getTime() - backAt : 0;
    console.log(`${expect.getState().currentTestName}: ${rows[0]!.sagas} sagas in flight ended within ${tookMs} ms`);
    expect(tookMs).toBeLessThan(ENDED_AFTER_RESTART_WITHIN_MS);
  }

  /** The storefront shows the same ending, even if it was killed too. */
  const shown = async (orderId: string) => {
    const status = await untilEnded(stack, orderId);
    await eventually(
      'the end in the storefront',
      () => timelineOf(stack, orderId),
      ({ outcome }) => outcome === status,
    );
  };

  it.each(SERVICES)('%s: every order ends correctly', (name) =>
    survive(async () => {
      await stack.system.processes[name].kill('SIGKILL');
      await stack.system.processes[name].restart();
    }),
  );

  it('Kafka: every order ends correctly', () =>
    survive(async () => {
      process.kill(stack.system.kafka.pid!, 'SIGKILL');
      await stack.system.kafka.restart!();
    }));

  it('PostgreSQL: every order ends correctly', () => survive(() => stack.restartPostgres()));

  it('all services: every order ends correctly', () =>
    survive(async () => {
      const all = Object.values(stack.system.processes);
      await Promise.all(all.map((each) => each.kill('SIGKILL')));
      await Promise.all(all.map((each) => each.restart()));
    }));

  describe('with two instances of payment', () => {
    let second: RunningProcess;
    beforeAll(async () => {
      const { databases, kafka, urls } = stack.system;
      const port = String(await freePort());
      second = await startProcess({
        name: 'payment-2',
        command: process.execPath,
        args: ['--enable-source-maps', PAYMENT],
        env: {
          PORT: port,
          DATABASE_URL: databases.payment,
          KAFKA_BROKERS: kafka.brokers.join(),
          PAYMENT_PROVIDER_URL: urls['payment-provider'],
          LOG_LEVEL: 'warn',
        },
        readyWhen: `http://127.0.0.1:${port}/health/ready`,
      });
    }, 60_000);
    afterAll(() => second?.stop());

    it('both of them: every order ends correctly', () => survive(async () => {}));

    it('one of them: the other takes over, and every order ends correctly', () =>
      survive(() => stack.system.processes.payment.kill('SIGKILL')));

    it('the other, after the restart of the first: every order ends correctly', async () => {
      await stack.system.processes.payment.restart();
      await survive(() => second.kill('SIGKILL'));
    });
  });

  it('order: deadlines that became due fire after the restart', async () => {
    await hold(stack.system, 'payment', [topicOf(checkout, OrderCreated)]);
    const { orderId } = (await stack.shop.placeOrder(orderBody())).body;
    placed += 1;
    await stack.system.processes.order.kill('SIGKILL');
    const orders = new pg.Client({ connectionString: stack.system.databases.order! });
    await orders.connect();
    await orders.query('update deadlines set due_at = now() where key = $1', [orderId]);
    await orders.end();
    await stack.system.processes.order.restart();
    // If payment resumed before the deadline fires, payment might win.
    const seen = await untilSeen(stack, orderId, 2);
    expect(seen.slice(0, 2)).toEqual(['OrderCreated', 'OrderCancellationRequested']);
    await hold(stack.system, 'payment', []);
    expect(await untilEnded(stack, orderId)).toBe('CANCELLED');
    expect((await stack.shop.order(orderId)).body.reason).toBe('deadline-passed');
  });

  it('retries of customers placed no order twice', async () => {
    const orders = new pg.Client({ connectionString: stack.system.databases.order! });
    await orders.connect();
    const { rows } = await orders.query('select count(*)::int as orders from orders');
    await orders.end();
    expect(rows).toEqual([{ orders: placed }]);
    await holds(stack);
  });
});
