import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicOf, topicsConsumedBy } from '@quadrille/choreography';
import { checkout, OrderCreated, SERVICES } from '@quadrille/contracts';
import { eventually } from './eventually.js';
import { endAsTheyMust, fire } from './fired.js';
import { holds } from './holds.js';
import { orderBody, orderThatFails } from './order-body.js';
import { hold, type Stack, startStack } from './stack.js';
import { eventsSeen, timelineOf, untilEnded, untilSeen } from './timeline.js';
import { copyOf, recordsOn, send, startEcho, untilConsumed } from './wire.js';

const idsOf = (records: readonly { headers: Readonly<Record<string, string>> }[]) =>
  new Set(records.map(({ headers }) => headers.ce_id));

/** The consumed topics per service: `payment` and `quadrille.shipping.shipment-created`. */
const HEARINGS = SERVICES.filter((service) => service !== 'storefront').flatMap((service) =>
  topicsConsumedBy(checkout, checkout.rows, service).map((topic) => [service, topic] as const),
);

describe('events that arrive repeatedly and in any order', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  }, 180_000);
  afterAll(() => stack?.stop(), 60_000);

  const place = async (body = orderBody()): Promise<string> => (await stack.shop.placeOrder(body)).body.orderId;

  it('handles an event once if one batch has three copies', async () => {
    const topic = topicOf(checkout, OrderCreated);
    await hold(stack.system, 'payment', [topic]);
    const orderId = await place();
    await untilSeen(stack, orderId, 1);
    const created = (await recordsOn(stack, [topic])).filter(({ key }) => key === orderId).map(copyOf);
    await send(stack, [...created, ...created]);
    await hold(stack.system, 'payment', []);
    expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
    await holds(stack);
  });

  it('ends every order correctly if every event is published twice', async () => {
    const before = await recordsOn(stack);
    const echo = await startEcho(stack);
    const fired = await fire(stack, 60);
    await endAsTheyMust(stack, fired);
    await echo.stop();
    await holds(stack);
    const records = (await recordsOn(stack)).length - before.length;
    const events = idsOf(await recordsOn(stack)).size - idsOf(before).size;
    // The echo starts with the existing records.
    expect(records).toBe(2 * events + idsOf(before).size);
  });

  it('emits no new event if all events are republished in reverse order', async () => {
    await untilConsumed(stack);
    const records = await recordsOn(stack);
    await send(stack, records.toReversed().map(copyOf));
    await untilConsumed(stack);
    await holds(stack);
    const after = await recordsOn(stack);
    expect(after).toHaveLength(2 * records.length);
    expect(idsOf(after)).toEqual(idsOf(records));
  });

  it.each(HEARINGS)('ends every order if %s consumes %s late', async (service, topic) => {
    await hold(stack.system, service, [topic]);
    const ends = await placeSome();
    const waits = async (orderId: string) => {
      const { outcome, awaited } = await timelineOf(stack, orderId);
      return outcome !== null || awaited.some((step) => step.service === service);
    };
    for (const { orderId } of ends)
      await eventually(`${orderId} waiting for ${service}`, () => waits(orderId), Boolean);
    await hold(stack.system, service, []);
    for (const { orderId, end } of ends) expect(end).toContain(await untilEnded(stack, orderId));
  });

  /** Places one successful order, one of each failure, and one that is cancelled immediately. */
  async function placeSome(): Promise<{ orderId: string; end: string[] }[]> {
    const failures = ['PaymentFailed', 'InventoryReservationFailed', 'ShipmentFailed', 'PaymentCaptureFailed'];
    const failing = await Promise.all(failures.map((event) => place(orderThatFails(event))));
    const [fine, cancelled] = await Promise.all([place(), place()]);
    const { status, body } = await stack.shop.cancelOrder(cancelled);
    // It may be completed before the request arrives.
    const isTooLate = body.code === 'order-completed';
    expect(status).toBe(isTooLate ? 409 : 202);
    return [
      { orderId: fine, end: ['COMPLETED'] },
      { orderId: cancelled, end: isTooLate ? ['COMPLETED'] : ['COMPLETED', 'CANCELLED'] },
      ...failing.map((orderId) => ({ orderId, end: ['CANCELLED'] })),
    ];
  }

  it('ends every order correctly while topics are paused and resumed repeatedly', async () => {
    const holding: Promise<void>[] = [];
    let turn = 0;
    const fired = await fire(stack, 120, () => {
      const [service, topic] = HEARINGS[(7 * turn++) % HEARINGS.length]!;
      holding.push(hold(stack.system, service, turn % 3 === 0 ? [] : [topic]));
    });
    await Promise.all(holding);
    for (const [service] of HEARINGS) await hold(stack.system, service, []);
    await endAsTheyMust(stack, fired);
  });

  it('finally fulfils every promise, and shows no event twice', async () => {
    await untilConsumed(stack);
    await holds(stack);
    const response = await fetch(`${stack.system.urls.order}/orders?limit=500`);
    const { orders } = (await response.json()) as { orders: { orderId: string }[] };
    for (const { orderId } of orders) {
      const events = eventsSeen(await timelineOf(stack, orderId));
      expect(events).toHaveLength(new Set(events).size);
    }
  });
});
