import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicOf, topicsConsumedBy } from '@quadrille/choreography';
import { checkout, SERVICES } from '@quadrille/contracts';
import { eventually } from './eventually.js';
import { endAsTheyMust, fire } from './fired.js';
import { holds } from './holds.js';
import { orderBody, orderThatFails } from './order-body.js';
import { hold, type Stack, startStack } from './stack.js';
import { eventsSeen, timelineOf, untilEnded, untilSeen } from './timeline.js';
import { copyOf, recordsOn, send, startEcho, untilHeard } from './wire.js';

const idsOf = (records: readonly { headers: Readonly<Record<string, string>> }[]) =>
  new Set(records.map(({ headers }) => headers.ce_id));

/** Who hears what of whom in the saga: `payment` and `quadrille.inventory.v1`. */
const HEARINGS = SERVICES.filter((service) => service !== 'storefront').flatMap((service) =>
  topicsConsumedBy(checkout.system, checkout.rows, service).map((topic) => [service, topic] as const),
);

describe('however often and in whatever order events arrive', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  }, 180_000);
  afterAll(() => stack?.stop(), 60_000);

  const place = async (body = orderBody()): Promise<string> => (await stack.shop.placeOrder(body)).body.orderId;

  it('takes an event once although three copies of it come in one batch', async () => {
    const topic = topicOf(checkout.system, 'order');
    await hold(stack.system, 'payment', [topic]);
    const orderId = await place();
    await untilSeen(stack, orderId, 1);
    const created = (await recordsOn(stack, [topic])).filter(({ key }) => key === orderId).map(copyOf);
    await send(stack, [...created, ...created]);
    await hold(stack.system, 'payment', []);
    expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
    await holds(stack);
  });

  it('ends every order as it must although everything is said twice', async () => {
    const before = await recordsOn(stack);
    const echo = await startEcho(stack);
    const fired = await fire(stack, 60);
    await endAsTheyMust(stack, fired);
    await echo.stop();
    await holds(stack);
    const records = (await recordsOn(stack)).length - before.length;
    const events = idsOf(await recordsOn(stack)).size - idsOf(before).size;
    // The echo begins with what stands there already.
    expect(records).toBe(2 * events + idsOf(before).size);
  });

  it('says nothing new when all that was ever said comes again, backwards', async () => {
    await untilHeard(stack);
    const said = await recordsOn(stack);
    await send(stack, said.toReversed().map(copyOf));
    await untilHeard(stack);
    await holds(stack);
    const after = await recordsOn(stack);
    expect(after).toHaveLength(2 * said.length);
    expect(idsOf(after)).toEqual(idsOf(said));
  });

  it.each(HEARINGS)('ends every order although %s hears late of %s', async (service, topic) => {
    await hold(stack.system, service, [topic]);
    const ends = await placeSome();
    const waits = async (orderId: string) => {
      const { outcome, awaited } = await timelineOf(stack, orderId);
      return outcome !== null || awaited.some((step) => step.service === service);
    };
    for (const { orderId } of ends)
      await eventually(`${service} keeping ${orderId} waiting`, () => waits(orderId), Boolean);
    await hold(stack.system, service, []);
    for (const { orderId, end } of ends) expect(end).toContain(await untilEnded(stack, orderId));
  });

  /** One that nothing is wrong with, one of each failure, and one that is cancelled at once. */
  async function placeSome(): Promise<{ orderId: string; end: string[] }[]> {
    const failures = ['PaymentFailed', 'InventoryReservationFailed', 'ShipmentFailed', 'PaymentCaptureFailed'];
    const failing = await Promise.all(failures.map((event) => place(orderThatFails(event))));
    const [fine, cancelled] = await Promise.all([place(), place()]);
    expect((await stack.shop.cancelOrder(cancelled)).status).toBe(202);
    return [
      { orderId: fine, end: ['COMPLETED'] },
      { orderId: cancelled, end: ['COMPLETED', 'CANCELLED'] },
      ...failing.map((orderId) => ({ orderId, end: ['CANCELLED'] })),
    ];
  }

  it('ends every order as it must although topics are held and let go all the time', async () => {
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

  it('and after all that every promise holds, and no event is told twice', async () => {
    await untilHeard(stack);
    await holds(stack);
    const response = await fetch(`${stack.system.urls.order}/orders?limit=500`);
    const { orders } = (await response.json()) as { orders: { orderId: string }[] };
    for (const { orderId } of orders) {
      const events = eventsSeen(await timelineOf(stack, orderId));
      expect(events).toHaveLength(new Set(events).size);
    }
  });
});
