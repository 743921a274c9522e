import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@quadrille/nest';
import { bodyOf, post, type Sent } from './customers.js';
import type { Stage } from './faults.js';
import { until } from './in-doubt.js';
import { COORDINATORS } from './lab-system.js';
import { type Databases, query } from './servers.js';

const REACHED_WITHIN_MS = 60_000;
/** The time for an order to reach the moment, before another one is sent beside it. */
const ATTEMPT_MS = 4_000;

/**
 * Sends hot orders to the first driver until one reaches the moment, and runs `act` while the driver waits there. `withPartition`: cuts the
 * network at that moment, so that the driver reaches one side only, before `act`.
 */
export async function atTheWorstMoment(
  stage: Stage & { readonly withPartition: boolean },
  act: () => Promise<void>,
): Promise<void> {
  const { lab, databases, withPartition, book } = stage;
  const [moment] = stage.moment;
  const arrived: string[] = [];
  let wake = () => {};
  const server = createServer((request, response) => {
    // Without a partition the callback gets no response, so the driver waits. With one, it continues and reaches its own side.
    if (withPartition) {
      lab.cut();
      response.end();
    }
    request.resume();
    arrived.push(request.url!.slice(1));
    wake();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const callback = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const deadline = Date.now() + REACHED_WITHIN_MS;
  try {
    for (;;) {
      if (Date.now() > deadline) throw new Error(`No order reached '${moment}' within ${REACHED_WITHIN_MS / 1_000} s.`);
      const waking = new Promise<void>((resolve) => (wake = resolve));
      const answered = sendHot(lab.intakes[0]!, moment, callback, book);
      if (arrived.length === 0) await Promise.race([waking, answered, pause(ATTEMPT_MS)]);
      const orderId = arrived.shift();
      if (orderId === undefined) continue;
      if (!withPartition || (await halfKnows(databases, orderId))) break;
      // The participants on the driver's side were faster or slower than the driver: the next order meets a whole network again.
      lab.heal();
    }
    await act();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Resolves when the order was answered. */
async function sendHot(intake: string, moment: string, callback: string, book: Sent[]): Promise<void> {
  const sent: Sent = { orderId: newId(), hot: true, dueAt: Date.now() };
  book.push(sent);
  const body = { ...bodyOf(true, 0), orderId: sent.orderId };
  const headers = { 'lab-moment': moment, 'lab-callback': `${callback}${sent.orderId}` };
  const answer = await post(`${intake}/orders`, body, headers).catch(() => undefined);
  if (!answer) return;
  sent.answeredAt = Date.now();
  sent.status = answer.status;
}

const KNOWS_WITHIN_MS = 3_000;

/** Waits until the participants on the driver's side have pre-committed the order, and those on the far side have not. */
function halfKnows({ urls, superuserUrl }: Databases, orderId: string): Promise<boolean> {
  const tx = `${COORDINATORS[0]}:${orderId}`;
  return until(async () => {
    const near = ['order', 'payment'].map((name) =>
      query(urls[name]!, `select 1 from lab_records where kind = 'pre-committed' and key = $1`, [tx]),
    );
    const held = await query(superuserUrl, 'select 1 from pg_prepared_xacts where gid like $1', [`lab:${tx}:%`]);
    return held.length === 4 && (await Promise.all(near)).every((rows) => rows.length > 0);
  }, KNOWS_WITHIN_MS);
}
