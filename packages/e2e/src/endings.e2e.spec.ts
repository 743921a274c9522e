import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Ending, endings, topicOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { PEOPLE, type ServiceName } from '@quadrille/local';
import { audit, type OrderBody, SOLD_OUT } from '@quadrille/testing';
import pg from 'pg';
import { eventually } from './eventually.js';
import { hold, type Stack, startStack } from './stack.js';

const afterwards = new Set(
  Object.values(checkout.rows).flatMap((row) =>
    'role' in row && row.role === 'afterwards' ? row.says.map(({ name }) => name as string) : [],
  ),
);

/** An order whose saga fails at that event by itself; one that nothing is wrong with where there is none. */
function orderFor(failure: string | undefined): OrderBody {
  const order: OrderBody = {
    customerId: PEOPLE.rich[0]!,
    items: [{ sku: 'TEAPOT', quantity: 1 }],
    shippingAddress: {
      name: 'Ada',
      line1: '12 St James’s Square',
      city: 'London',
      postalCode: 'SW1Y 4JH',
      country: 'GB',
    },
    payment: { method: 'account' },
    currency: 'GBP',
  };
  switch (failure) {
    case undefined:
      return order;
    case 'PaymentFailed':
      return { ...order, customerId: PEOPLE.poor };
    case 'InventoryReservationFailed':
      return { ...order, items: [{ sku: SOLD_OUT, quantity: 1 }] };
    case 'ShipmentFailed':
      return { ...order, shippingAddress: { ...order.shippingAddress, country: 'AQ' } };
    case 'PaymentCaptureFailed':
      return { ...order, payment: { method: 'card', token: 'tok_capture-declined' } };
    default:
      throw new Error(`No spec provokes ${failure} yet.`);
  }
}

let stack: Stack;
let orders: pg.Client;

beforeAll(async () => {
  stack = await startStack();
  orders = new pg.Client({ connectionString: stack.system.databases.order! });
  await orders.connect();
}, 180_000);

afterAll(async () => {
  await orders?.end();
  await stack?.stop();
}, 60_000);

/** What the storefront has seen of an order, in the order of speaking, without what comes afterwards. */
async function observed(orderId: string): Promise<string[]> {
  const response = await fetch(`${stack.system.urls.storefront}/timeline/${orderId}`);
  if (response.status === 404) return [];
  const { events } = (await response.json()) as { events: { type: string; at: string }[] };
  return events
    .filter(({ type }) => !afterwards.has(type))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ type }) => type);
}

const namesOf = (ending: Ending) => ending.path.map(({ event }) => event.name);

const seen = (orderId: string, names: readonly string[]) =>
  eventually(
    `${names.join(', ')} of ${orderId}`,
    () => observed(orderId),
    (events) => events.length >= names.length,
  );

async function place(ending: Ending): Promise<string> {
  const { status, body } = await stack.shop.placeOrder(orderFor(ending.failure?.name));
  expect(status).toBe(202);
  return body.orderId;
}

async function interrupt(step: string, orderId: string): Promise<void> {
  if (step === 'give-up') {
    await orders.query('update deadlines set due_at = now() where key = $1', [orderId]);
    return;
  }
  expect((await stack.shop.cancelOrder(orderId)).status).toBe(202);
}

/** Provokes the ending: those who are slow are held until everybody else has nothing to say. */
async function provoke(ending: Ending): Promise<string> {
  if (!ending.interrupt) return place(ending);
  const { step, after, slow, saidBefore } = ending.interrupt;
  const topics = [topicOf(checkout.system, after.by)];
  for (const service of slow) await hold(stack.system, service as ServiceName, topics);
  try {
    const orderId = await place(ending);
    const until = namesOf(ending).indexOf(after.name) + 1;
    await seen(orderId, namesOf(ending).slice(0, until));
    await interrupt(step, orderId);
    await seen(orderId, namesOf(ending).slice(0, saidBefore));
    return orderId;
  } finally {
    for (const service of slow) await hold(stack.system, service as ServiceName, []);
  }
}

describe('every ending that the table allows is seen on the running system', () => {
  it.each(endings(checkout).map((ending) => [ending.name, ending] as const))('%s', async (_, ending) => {
    const orderId = await provoke(ending);
    await seen(orderId, namesOf(ending));
    expect(await observed(orderId)).toEqual(namesOf(ending));
    const { status } = await eventually(
      `the ending of ${orderId}`,
      async () => (await stack.shop.order(orderId)).body as { status: string },
      (order) => order.status === ending.outcome,
    );
    expect(status).toBe(ending.outcome);
  });

  it('and after all of them every promise holds', async () => {
    const verdicts = await eventually(
      'rest',
      () =>
        audit({
          databases: stack.system.databases,
          brokers: stack.system.kafka.brokers,
          providerUrl: stack.system.urls['payment-provider'],
        }),
      (all) => all.every(({ holds }) => holds),
    );
    expect(verdicts).toHaveLength(7);
  });
});
