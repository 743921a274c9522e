import type pg from 'pg';
import {
  authorize,
  capture,
  commitStock,
  dispatch,
  end,
  type Order,
  refusePayment,
  reserve,
  ship,
  voidPayment,
} from './checkout.js';
import { deleteDeadline } from './message-tables.js';
import type { ServiceOfReference } from './tables.js';

type ByService<Value> = Readonly<Record<ServiceOfReference, Value>>;

/** The events by the service that publishes them. */
const EVENTS = {
  order: ['placed', 'completed', 'cancelled'],
  payment: ['authorized', 'captured', 'refused'],
  inventory: ['reserved', 'out-of-stock', 'committed'],
  shipping: ['shipped', 'dispatched'],
} as const;
export type EventOfReference = (typeof EVENTS)[ServiceOfReference][number];

/** Runs in one transaction of the service. */
export type Work = (client: pg.ClientBase, order: Order, reason: string) => Promise<unknown>;
/** `refusing`: the work and the event after a `Refused`; a step without it has none. */
interface Step {
  readonly work: Work;
  readonly emits?: EventOfReference;
  readonly refusing?: { readonly work?: Work; readonly emits: EventOfReference };
}
/** The steps of one service, by the event that they handle. */
export type Steps = Readonly<Partial<Record<EventOfReference, Step>>>;

const PAYMENT: Steps = {
  placed: { work: authorize, emits: 'authorized', refusing: { work: refusePayment, emits: 'refused' } },
  shipped: { work: capture, emits: 'captured' },
  'out-of-stock': { work: voidPayment, emits: 'refused' },
};

/** The six transactions. */
export const SIX_STEPS: ByService<Steps> = {
  order: {
    captured: { work: (client, order) => end(client, order, 'COMPLETED') },
    refused: { work: (client, order, reason) => end(client, order, 'CANCELLED', reason) },
  },
  payment: PAYMENT,
  inventory: {
    authorized: {
      work: (client, order) => reserve(client, order, 'committed'),
      emits: 'reserved',
      refusing: { emits: 'out-of-stock' },
    },
  },
  shipping: { reserved: { work: (client, order) => ship(client, order, 'dispatched'), emits: 'shipped' } },
};

/** The steps of the shop: an end deletes the deadline and is published, and two steps follow it. */
export const EIGHT_STEPS: ByService<Steps> = {
  order: {
    captured: { work: ending(SIX_STEPS.order.captured!.work), emits: 'completed' },
    refused: { work: ending(SIX_STEPS.order.refused!.work), emits: 'cancelled' },
  },
  payment: PAYMENT,
  inventory: {
    authorized: { ...SIX_STEPS.inventory.authorized!, work: (client, order) => reserve(client, order, 'reserved') },
    completed: { work: commitStock, emits: 'committed' },
  },
  shipping: {
    reserved: { work: (client, order) => ship(client, order, 'created'), emits: 'shipped' },
    completed: { work: dispatch, emits: 'dispatched' },
  },
};

function ending(work: Work): Work {
  return (client, order, reason) => Promise.all([work(client, order, reason), deleteDeadline(client, order)]);
}

const PREFIX = 'reference.';

/** The names of the topics that a choreography writes and that each service reads. */
export interface Topology {
  readonly topicOf: (event: EventOfReference) => string;
  readonly all: readonly string[];
  readonly readBy: (service: ServiceOfReference) => readonly string[];
}

/** Each topic has one event type, as in the shop, and only the services that react to it read it: the cheapest topology. */
export const topicPerEvent = (steps: ByService<Steps>): Topology => ({
  topicOf: (event) => PREFIX + event,
  all: Object.values(EVENTS).flatMap((events) => events.map((event) => PREFIX + event)),
  readBy: (service) => Object.keys(steps[service]).map((event) => PREFIX + event),
});

const OWNERS = Object.fromEntries(
  Object.entries(EVENTS).flatMap(([service, events]) => events.map((event) => [event, service])),
) as Readonly<Record<EventOfReference, ServiceOfReference>>;

/** One topic per service, read by all others: it preserves the order of a service's events of an order. */
export const topicPerService: Topology = {
  topicOf: (event) => PREFIX + OWNERS[event],
  all: Object.keys(EVENTS).map((service) => PREFIX + service),
  readBy: (service) => Object.keys(EVENTS).flatMap((each) => (each === service ? [] : [PREFIX + each])),
};
