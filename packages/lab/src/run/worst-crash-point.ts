import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@quadrille/nest';
import { bodyOf, post, type SentOrder } from './customers.js';
import type { Fault } from './faults.js';
import { until } from './in-doubt.js';
import { COORDINATORS, type LabSystem } from './lab-system.js';
import { type Databases, query } from './servers.js';

const REACHED_WITHIN_MS = 60_000;
/** The time for an order to reach the crash point, before another one is sent beside it. */
const ATTEMPT_MS = 4_000;

/** A crash point of a protocol, and the state of an order at that crash point. */
export interface WorstCrashPoint {
  /** As the coordinator calls it. */
  readonly name: string;
  readonly state: string;
  /** Cuts the network at that crash point; the driver continues and reaches one side only. Without it, the driver waits. */
  readonly cuts?: true;
  /** Waits until the databases show that state, for some seconds at most. Without it, the moment suffices. */
  readonly isReached?: (databases: Databases, orderId: string) => Promise<boolean>;
}

/** The system whose orders are brought to a crash point. */
export interface CrashPointContext {
  readonly lab: LabSystem;
  readonly databases: Databases;
  /** The most harmful crash point of the protocol. */
  readonly crashPoint: WorstCrashPoint;
  /** The sent orders. */
  readonly sentOrders: SentOrder[];
}

/**
 * Sends hot orders to the first driver until one reaches the crash point, and runs `act` while the driver waits there, or is cut off from
 * the far side.
 */
export async function atWorstCrashPoint(
  { lab, databases, crashPoint, sentOrders }: CrashPointContext,
  act: () => Promise<void>,
): Promise<void> {
  const arrived = new Set<string>();
  const waiting = new Set<ServerResponse>();
  let onArrival = () => {};
  const server = createServer((request, response) => {
    if (crashPoint.cuts) {
      lab.cut();
      response.end();
    } else waiting.add(response);
    request.resume();
    arrived.add(request.url!.slice(1));
    onArrival();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const callback = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const deadline = Date.now() + REACHED_WITHIN_MS;
  try {
    for (;;) {
      if (Date.now() > deadline)
        throw new Error(`No order reached '${crashPoint.name}' within ${REACHED_WITHIN_MS / 1_000} s.`);
      const arrival = new Promise<void>((resolve) => (onArrival = resolve));
      const answered = sendHot(lab.intakes[0]!, crashPoint.name, callback, sentOrders);
      if (arrived.size === 0) await Promise.race([arrival, answered, pause(ATTEMPT_MS)]);
      const [orderId] = arrived;
      if (orderId === undefined) continue;
      if (!crashPoint.isReached || (await crashPoint.isReached(databases, orderId))) break;
      // The participants were faster or slower than the driver, or the order was aborted: the next order tries again.
      arrived.clear();
      for (const response of waiting) response.end();
      waiting.clear();
      lab.heal();
    }
    await act();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Resolves when the order was answered. */
async function sendHot(intake: string, crashPoint: string, callback: string, sentOrders: SentOrder[]): Promise<void> {
  const sent: SentOrder = { orderId: newId(), hot: true, dueAt: Date.now() };
  sentOrders.push(sent);
  const body = { ...bodyOf(true, 0), orderId: sent.orderId };
  const headers = { 'lab-crash-point': crashPoint, 'lab-callback': `${callback}${sent.orderId}` };
  const answer = await post(`${intake}/orders`, body, headers).catch(() => undefined);
  if (!answer) return;
  sent.answeredAt = Date.now();
  sent.status = answer.status;
}

const SHOWN_WITHIN_MS = 3_000;

const isPrepared = ({ superuserUrl }: Databases, orderId: string) =>
  query(superuserUrl, 'select 1 from pg_prepared_xacts where gid like $1', [`lab:${COORDINATORS[0]}:${orderId}:%`]);

/** Whether the participants on the driver's side have pre-committed the order, and those on the far side have not. */
const isHalfPreCommitted = (databases: Databases, orderId: string): Promise<boolean> =>
  until(async () => {
    const near = ['order', 'payment'].map((name) =>
      query(databases.urls[name]!, `select 1 from lab_records where kind = 'pre-committed' and key = $1`, [
        `${COORDINATORS[0]}:${orderId}`,
      ]),
    );
    const prepared = await isPrepared(databases, orderId);
    return prepared.length === 4 && (await Promise.all(near)).every((rows) => rows.length > 0);
  }, SHOWN_WITHIN_MS);

/** Whether the order service has committed the order, and no other participant has. */
const isHalfCommitted = (databases: Databases, orderId: string): Promise<boolean> =>
  until(async () => {
    const completed = `select 1 from orders where order_id = $1 and status = 'COMPLETED'`;
    const committed = await query(databases.urls.order!, completed, [orderId]);
    return committed.length === 1 && (await isPrepared(databases, orderId)).length === 3;
  }, SHOWN_WITHIN_MS);

/** The crash points of combined faults; for other faults, the protocol names its worst crash point. */
export const COMBINED_CRASH_POINTS: Partial<Record<Fault, WorstCrashPoint>> = {
  'driver-dies,half-committed': {
    name: 'half-committed',
    state: 'the order service has committed, all other participants are prepared',
    isReached: isHalfCommitted,
  },
  'driver-dies,partition': {
    name: 'prepared',
    state: 'the participants on its side are pre-committed, those on the far side are prepared',
    cuts: true,
    isReached: isHalfPreCommitted,
  },
};
