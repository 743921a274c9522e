import { topicOf } from '@quadrille/choreography';
import { checkout, type ServiceName } from '@quadrille/contracts';
import { CRASH_POINTS, type CrashPoint } from '@quadrille/crash-points';
import pg from 'pg';
import { misbehave } from './misbehave.js';
import { orderBody } from './order-body.js';
import { hold, type Stack } from './stack.js';

/** The services that say and hear something of a saga. */
const ACTORS = ['order', 'payment', 'inventory', 'shipping'] as const satisfies ServiceName[];
/** Not the first that comes by: then others are on their way already. */
const PASSAGE = 2;

/** One death: who dies where, and what leads there when ordinary orders do not. */
export interface Death {
  readonly point: CrashPoint;
  readonly service: ServiceName;
  readonly passage: number;
  /** Gives what takes it back once the process is dead; or, with an order whose deadline it made strike, once that is given up. */
  readonly leadThere?: (stack: Stack) => Promise<LedThere>;
}

interface LedThere {
  readonly takeBack: () => Promise<void>;
  readonly givenUp?: string;
}

/** Every crash point once, the services taking turns; or at each service that comes by it. */
export function deaths(everywhere: boolean): Death[] {
  return (Object.keys(CRASH_POINTS) as CrashPoint[]).flatMap((point, nth): Death[] => {
    const [part] = point.split('.');
    if (part === 'command') return [{ point, service: 'order', passage: PASSAGE }];
    // Seldom: one commit covers all batches of a while.
    if (point.startsWith('consumer.commit')) return dyingAt(point, nth, everywhere, 1);
    if (part === 'clock') return [{ point, service: 'order', passage: 1, leadThere: strikeAClock }];
    if (part === 'redrive' || point === 'batch.parked')
      return [{ point, service: 'payment', passage: PASSAGE, leadThere: unsettleTheProvider }];
    return dyingAt(point, nth, everywhere, PASSAGE);
  });
}

function dyingAt(point: CrashPoint, nth: number, everywhere: boolean, passage: number): Death[] {
  const dying = everywhere ? ACTORS : [ACTORS[nth % ACTORS.length]!];
  return dying.map((service) => ({ point, service, passage }));
}

/** Lets a service die there: it kills itself, nobody else does. */
export async function arm({ system }: Stack, { service, point, passage }: Death): Promise<void> {
  const { ok, status } = await fetch(`${system.adminUrls[service]}/control/crash-point`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ at: `${point}:${passage}` }),
  });
  if (!ok) throw new Error(`Arming ${point} in ${service} was answered ${status}.`);
}

/** The provider fails often: messages are parked and tried again. */
async function unsettleTheProvider(stack: Stack): Promise<LedThere> {
  await misbehave(stack, { failureRate: 0.8 });
  return { takeBack: () => misbehave(stack, {}) };
}

/** An order gets no further, and its deadline is now. */
async function strikeAClock(stack: Stack): Promise<LedThere> {
  await hold(stack.system, 'payment', [topicOf(checkout.system, 'order')]);
  const { orderId } = (await stack.shop.placeOrder(orderBody())).body;
  const orders = new pg.Client({ connectionString: stack.system.databases.order! });
  await orders.connect();
  await orders.query('update deadlines set due_at = now() where key = $1', [orderId]);
  await orders.end();
  return { givenUp: orderId, takeBack: () => hold(stack.system, 'payment', []) };
}
