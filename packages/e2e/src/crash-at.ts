import { topicOf } from '@quadrille/choreography';
import { checkout, OrderCreated, type ServiceName } from '@quadrille/contracts';
import { CRASH_POINTS, type CrashPoint } from '@quadrille/crash-points';
import pg from 'pg';
import { misbehave } from './misbehave.js';
import { orderBody } from './order-body.js';
import { hold, type Stack } from './stack.js';

/** The services that emit and handle events of a saga. */
const ACTORS = ['order', 'payment', 'inventory', 'shipping'] as const satisfies ServiceName[];
/** Not the first occurrence, so that other messages are in flight. */
const PASSAGE = 2;

/** One crash: the service, the crash point, and a preparation if ordinary orders do not reach the point. */
export interface Death {
  readonly point: CrashPoint;
  readonly service: ServiceName;
  readonly passage: number;
  /** Returns an undo for the preparation, or the order whose deadline it made due. */
  readonly leadThere?: (stack: Stack) => Promise<LedThere>;
}

interface LedThere {
  readonly takeBack: () => Promise<void>;
  readonly givenUp?: string;
}

/** Every crash point once, distributed over the services; or at each service that reaches it. */
export function deaths(everywhere: boolean): Death[] {
  return (Object.keys(CRASH_POINTS) as CrashPoint[]).flatMap((point, nth): Death[] => {
    const [part] = point.split('.');
    if (part === 'command') return [{ point, service: 'order', passage: PASSAGE }];
    // Rare: one commit covers all batches of an interval.
    if (point.startsWith('consumer.commit')) return dyingAt(point, nth, everywhere, 1);
    if (part === 'deadline') return [{ point, service: 'order', passage: 1, leadThere: fireADeadline }];
    if (part === 'redrive' || point === 'batch.parked')
      return [{ point, service: 'payment', passage: PASSAGE, leadThere: unsettleTheProvider }];
    return dyingAt(point, nth, everywhere, PASSAGE);
  });
}

function dyingAt(point: CrashPoint, nth: number, everywhere: boolean, passage: number): Death[] {
  const dying = everywhere ? ACTORS : [ACTORS[nth % ACTORS.length]!];
  return dying.map((service) => ({ point, service, passage }));
}

/** Arms a crash point: the service kills itself there. */
export async function arm({ system }: Stack, { service, point, passage }: Death): Promise<void> {
  const { ok, status } = await fetch(`${system.adminUrls[service]}/control/crash-point`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ at: `${point}:${passage}` }),
  });
  if (!ok) throw new Error(`Arming ${point} in ${service} was answered ${status}.`);
}

/** Makes the provider fail often, so that messages are parked and retried. */
async function unsettleTheProvider(stack: Stack): Promise<LedThere> {
  await misbehave(stack, { failureRate: 0.8 });
  return { takeBack: () => misbehave(stack, {}) };
}

/** Stops an order and makes its deadline due. */
async function fireADeadline(stack: Stack): Promise<LedThere> {
  await hold(stack.system, 'payment', [topicOf(checkout, OrderCreated)]);
  const { orderId } = (await stack.shop.placeOrder(orderBody())).body;
  const orders = new pg.Client({ connectionString: stack.system.databases.order! });
  await orders.connect();
  await orders.query('update deadlines set due_at = now() where key = $1', [orderId]);
  await orders.end();
  return { givenUp: orderId, takeBack: () => hold(stack.system, 'payment', []) };
}
