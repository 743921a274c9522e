import { type Ending, type Interrupt, topicOf } from '@quadrille/choreography';
import { checkout, type ServiceName } from '@quadrille/contracts';
import pg from 'pg';
import { eventually } from './eventually.js';
import { orderBody, orderThatFails } from './order-body.js';
import { DEADLINE_SECONDS, hold, type Stack } from './stack.js';
import { timelineOf, untilSeen } from './timeline.js';

/** The events that extend the deadline of an order. */
const PROGRESS = new Set(checkout.rows['give-up'].handles.extendedBy.map(({ name }) => name));

/** Produces this ending on the running system; delayed services are paused until no other service has work. */
export async function provoke(stack: Stack, ending: Ending): Promise<string> {
  if (!ending.interrupt) return place(stack, ending);
  const { after, delayed, emittedBefore } = ending.interrupt;
  const topics = [topicOf(checkout, after)];
  const holdAll = (held: readonly string[]) =>
    Promise.all(delayed.map((service) => hold(stack.system, service as ServiceName, held)));
  await holdAll(topics);
  try {
    const orderId = await place(stack, ending);
    await untilSeen(stack, orderId, ending.path.findIndex(({ event }) => event === after) + 1);
    await interrupt(stack, ending.interrupt, orderId);
    await untilSeen(stack, orderId, emittedBefore);
    return orderId;
  } finally {
    await holdAll([]);
  }
}

async function place({ shop }: Stack, { failure }: Ending): Promise<string> {
  const { status, body } = await shop.placeOrder(failure ? orderThatFails(failure.name) : orderBody());
  if (status !== 202) throw new Error(`The order was answered ${status}: ${JSON.stringify(body)}`);
  return body.orderId;
}

async function interrupt(stack: Stack, { step, after, delayed }: Interrupt, orderId: string): Promise<void> {
  if (step === 'give-up') {
    const unconsumed = delayed.includes('order') ? topicOf(checkout, after) : undefined;
    return fireDeadline(stack, orderId, unconsumed);
  }
  const { status, body } = await stack.shop.cancelOrder(orderId);
  if (status !== 202) throw new Error(`The cancellation was answered ${status}: ${JSON.stringify(body)}`);
}

/** Makes the deadline of an order due, after the extension by earlier events is written, which would postpone it. */
async function fireDeadline(stack: Stack, orderId: string, unconsumed: string | undefined): Promise<void> {
  const { links } = await timelineOf(stack, orderId);
  const progress = links.filter(({ event, record }) => PROGRESS.has(event) && record.topic !== unconsumed).at(-1);
  const orders = new pg.Client({ connectionString: stack.system.databases.order! });
  await orders.connect();
  try {
    if (progress) {
      const handledAt = new Date(Date.parse(progress.at) + DEADLINE_SECONDS * 1000);
      await eventually(
        `More time for order ${orderId} after ${progress.event}`,
        () => orders.query('select from deadlines where key = $1 and due_at >= $2', [orderId, handledAt]),
        ({ rowCount }) => rowCount === 1,
      );
    }
    const { rowCount } = await orders.query('update deadlines set due_at = now() where key = $1', [orderId]);
    if (rowCount !== 1) throw new Error(`The deadline of order ${orderId} does not run.`);
  } finally {
    await orders.end();
  }
}
