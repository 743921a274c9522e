import { type Ending, topicOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import type { ServiceName } from '@quadrille/local';
import pg from 'pg';
import { orderBody, orderThatFails } from './order-body.js';
import { hold, type Stack } from './stack.js';
import { untilSeen } from './timeline.js';

/** Has a saga go that way on the running system; those who are slow are held until nobody else has anything to say. */
export async function provoke(stack: Stack, ending: Ending): Promise<string> {
  if (!ending.interrupt) return place(stack, ending);
  const { step, after, slow, saidBefore } = ending.interrupt;
  const topics = [topicOf(checkout.system, after.by)];
  const holdAll = (held: readonly string[]) =>
    Promise.all(slow.map((service) => hold(stack.system, service as ServiceName, held)));
  await holdAll(topics);
  try {
    const orderId = await place(stack, ending);
    await untilSeen(stack, orderId, ending.path.findIndex(({ event }) => event === after) + 1);
    await interrupt(stack, step, orderId);
    await untilSeen(stack, orderId, saidBefore);
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

async function interrupt({ shop, system }: Stack, step: string, orderId: string): Promise<void> {
  if (step === 'give-up') return strike(system.databases.order!, orderId);
  const { status, body } = await shop.cancelOrder(orderId);
  if (status !== 202) throw new Error(`The cancellation was answered ${status}: ${JSON.stringify(body)}`);
}

/** Makes the deadline of an order due now. */
async function strike(connectionString: string, orderId: string): Promise<void> {
  const orders = new pg.Client({ connectionString });
  await orders.connect();
  const { rowCount } = await orders.query('update deadlines set due_at = now() where key = $1', [orderId]);
  await orders.end();
  if (rowCount !== 1) throw new Error(`The clock of order ${orderId} does not run.`);
}
