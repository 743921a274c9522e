import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Order, place, Refused } from './checkout.js';
import { insertDeadline, insertInbox, isDuplicate } from './message-tables.js';
import { kafkajsMessaging, type Message, type Messaging, type OpenMessaging, quadrilleMessaging } from './messaging.js';
import { Outbox } from './outbox.js';
import {
  EIGHT_STEPS,
  type EventOfReference,
  SIX_STEPS,
  type Steps,
  type Topology,
  topicPerEvent,
  topicPerService,
  type Work,
} from './saga-steps.js';
import { serve } from './server.js';
import { within } from './six-transactions.js';
import type { ServiceOfReference } from './tables.js';

const CONNECTIONS = 20;

export type Choreography =
  | 'events-without-outbox'
  | 'events-with-outbox'
  | 'events-with-outbox-per-service'
  | 'events-with-outbox-own-client';

/** The properties in which the choreographies differ. */
export interface Form {
  readonly hasOutbox: boolean;
  readonly steps: Readonly<Record<ServiceOfReference, Steps>>;
  readonly topology: Topology;
  readonly open: OpenMessaging;
}

const WITH_OUTBOX: Form = {
  hasOutbox: true,
  steps: EIGHT_STEPS,
  topology: topicPerEvent(EIGHT_STEPS),
  open: kafkajsMessaging,
};

/**
 * The six transactions as choreographies. Without an outbox, a service commits, then publishes: a crash in between loses the event, and a
 * repeated event is applied twice. It has the processes, the transactions and the records of a choreographed saga and nothing else.
 * With an outbox it has the guarantees, the steps and the topics of the shop in their smallest form: the inbox has a row per message, the event is a
 * row of the outbox until it is sent, and a deadline per order is inserted and deleted (none acts on it).
 * The last two are variants for comparison.
 */
export const CHOREOGRAPHIES: Readonly<Record<Choreography, Form>> = {
  'events-without-outbox': {
    hasOutbox: false,
    steps: SIX_STEPS,
    topology: topicPerEvent(SIX_STEPS),
    open: quadrilleMessaging,
  },
  'events-with-outbox': WITH_OUTBOX,
  'events-with-outbox-per-service': { ...WITH_OUTBOX, topology: topicPerService },
  'events-with-outbox-own-client': { ...WITH_OUTBOX, open: quadrilleMessaging },
};

export const isChoreography = (name: string): name is Choreography => Object.hasOwn(CHOREOGRAPHIES, name);

/** The content of every record. */
interface Carried {
  readonly order: Order;
  readonly reason: string;
}

/** A transaction of a service. */
interface Transaction {
  /** The id of the message that it handles. */
  readonly inputId?: string;
  readonly work?: Work | undefined;
  readonly emits?: EventOfReference | undefined;
  readonly carried: Carried;
}

/** Resolves after the commit. `sending` resolves once no event can be lost. */
type Commit = (transaction: Transaction) => Promise<{ readonly sending: Promise<void> }>;

/** Runs one service. The order service also serves HTTP. */
export async function runService(
  choreography: Choreography,
  service: ServiceOfReference,
  databases: Readonly<Record<ServiceOfReference, string>>,
  brokers: readonly string[],
  port: number,
): Promise<void> {
  const { hasOutbox, steps: allSteps, topology, open }: Form = CHOREOGRAPHIES[choreography];
  const steps = allSteps[service];
  const messaging = await open(brokers, `reference.${service}`);
  const pool = new pg.Pool({ connectionString: databases[service], max: CONNECTIONS, pipeline: true });
  const commit = hasOutbox ? await withOutbox(pool, messaging, topology) : withoutOutbox(pool, messaging, topology);
  await messaging.subscribe(topology.readBy(service), async ({ headers: { id: inputId, event }, payload }) => {
    const step = steps[event as EventOfReference];
    if (!step) return;
    const carried = JSON.parse(payload) as Carried;
    const { sending } = await commit({ ...step, inputId, carried }).catch((error) => {
      if (!(error instanceof Refused) || !step.refusing) throw error;
      return commit({ ...step.refusing, inputId, carried: { ...carried, reason: error.message } });
    });
    await sending;
  });
  if (service !== 'order') return;
  await serve(databases, port, async (_, order) => {
    const work: Work = async (client) => {
      await Promise.all([place(client, order, 'PLACED'), ...(hasOutbox ? [insertDeadline(client, order)] : [])]);
    };
    // The answer does not wait for the broker.
    const { sending } = await commit({ work, emits: 'placed', carried: { order, reason: '' } });
    sending.catch(console.error);
  });
}

const messageOf = (topology: Topology, event: EventOfReference, carried: Carried): Message => ({
  topic: topology.topicOf(event),
  key: carried.order.orderId,
  headers: { id: randomUUID(), event },
  payload: JSON.stringify(carried),
});

function withoutOutbox(pool: pg.Pool, messaging: Messaging, topology: Topology): Commit {
  return async ({ work, emits, carried }) => {
    if (work) await within(pool, (client) => work(client, carried.order, carried.reason));
    return { sending: emits ? messaging.send([messageOf(topology, emits, carried)]) : Promise.resolve() };
  };
}

async function withOutbox(pool: pg.Pool, messaging: Messaging, topology: Topology): Promise<Commit> {
  const outbox = new Outbox(pool, messaging);
  await outbox.start();
  return async ({ inputId, work, emits, carried }) => {
    const message = emits && messageOf(topology, emits, carried);
    try {
      await within(pool, (client) =>
        Promise.all([
          inputId && insertInbox(client, inputId),
          message && outbox.insert(client, message),
          work?.(client, carried.order, carried.reason),
        ]),
      );
      if (message) outbox.committed(message);
    } catch (error) {
      if (message) outbox.rolledBack(message);
      if (!isDuplicate(error)) throw error;
    }
    return { sending: Promise.resolve() };
  };
}
