import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@quadrille/nest';
import { CHOREOGRAPHY } from '../protocols/all.js';
import { bodyOf, post, type Sent } from './customers.js';
import { COORDINATORS, type LabSystem } from './lab-system.js';
import { type Databases, query } from './servers.js';

export const FAULTS = [
  'none',
  'driver-dies',
  'driver-stops',
  'partition',
  'slow',
  'service-dies',
  'databases-die',
  'brokers-die',
  'outside',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The duration of each fault in milliseconds. */
export const LASTS_MS: Readonly<Record<Fault, number>> = {
  none: 0,
  'driver-dies': 10_000,
  'driver-stops': 6_000,
  partition: 10_000,
  slow: 10_000,
  'service-dies': 10_000,
  'databases-die': 3_000,
  'brokers-die': 10_000,
  outside: 10_000,
};

/** Each way, on every link, while it is slow. */
const SLOW_MS = 50;

/** The sentence for a fault that a protocol cannot meet; undefined where it can. */
export function whyNot(protocol: string, fault: string, decisions: string): string | undefined {
  if (protocol === CHOREOGRAPHY && ['partition', 'slow', 'brokers-die', 'driver-dies,partition'].includes(fault))
    return `The choreography runs without links between its services: ${fault} is not built for it.`;
  if (fault === 'brokers-die' && decisions !== 'kafka') return 'brokers-die needs --decisions kafka.';
  return undefined;
}

/** A broker of ours. */
export interface Broker {
  kill(): void;
  bringBack(): Promise<void>;
}

export interface Stage {
  readonly lab: LabSystem;
  readonly databases: Databases;
  /** The most harmful moment of the protocol. */
  readonly moment: string;
  /** Whether to cut the network at that moment, so that the driver reaches one side only, before the fault is injected. */
  readonly withPartition: boolean;
  /** The brokers of the decision log, where they can be killed. */
  readonly brokers: readonly Broker[];
  readonly book: Sent[];
  readonly say: (line: string) => void;
}

/** Injects a fault, waits and repairs. Resolves after the repair with the start of the fault in epoch milliseconds. */
export async function strike(fault: Fault, stage: Stage): Promise<number> {
  const { lab, databases, say } = stage;
  let struckAt = Date.now();
  const lasts = () => {
    struckAt = Date.now();
    return pause(LASTS_MS[fault]);
  };
  switch (fault) {
    case 'none':
      return struckAt;
    case 'outside':
      say('cards; a third of the parcels goes to a country that is not served');
      await lasts();
      return struckAt;
    case 'slow':
      lab.slow(SLOW_MS);
      say(`${SLOW_MS} ms each way on every link`);
      await lasts();
      lab.heal();
      say('the links are fast again');
      return struckAt;
    case 'brokers-die': {
      const two = stage.brokers.slice(0, 2);
      if (two.length < 2) throw new Error('Brokers of KAFKA_BROKERS are not ours to kill: unset it for brokers-die.');
      for (const each of two) each.kill();
      say('two of three brokers die');
      await lasts();
      await Promise.all(two.map((each) => each.bringBack()));
      say('the brokers are back');
      return struckAt;
    }
    case 'driver-dies': {
      const driver = lab.processes.get(COORDINATORS[0])!;
      await atTheWorstMoment(stage, () => driver.kill('SIGKILL'));
      say(`${COORDINATORS[0]} killed at '${stage.moment}'`);
      await lasts();
      if (stage.withPartition) lab.heal();
      await driver.restart();
      say(`${COORDINATORS[0]} restarted`);
      return struckAt;
    }
    case 'driver-stops': {
      const { pid } = lab.processes.get(COORDINATORS[0])!;
      await atTheWorstMoment(stage, async () => void process.kill(-pid, 'SIGSTOP'));
      say(`${COORDINATORS[0]} paused at '${stage.moment}'`);
      await lasts();
      process.kill(-pid, 'SIGCONT');
      say(`${COORDINATORS[0]} resumed`);
      return struckAt;
    }
    case 'partition':
      lab.cut();
      say('{coordinators, order, payment} ⟂ {inventory, shipping}');
      await lasts();
      lab.heal();
      say('partition healed');
      return struckAt;
    case 'service-dies': {
      const payment = lab.processes.get('payment')!;
      await payment.kill('SIGKILL');
      say('payment killed');
      await lasts();
      await payment.restart();
      say('payment restarted');
      return struckAt;
    }
    case 'databases-die':
      databases.kill();
      say('PostgreSQL killed');
      await lasts();
      await databases.bringBack();
      say('PostgreSQL restarted');
      return struckAt;
  }
}

const REACHED_WITHIN_MS = 30_000;

/** Sends hot orders to the first driver until one reaches the moment, and runs `act` while the driver waits there. */
async function atTheWorstMoment(
  { lab, databases, moment, withPartition, book }: Stage,
  act: () => Promise<void>,
): Promise<void> {
  let reached = () => {};
  const reaching = new Promise<void>((resolve) => (reached = resolve));
  const server = createServer((request, response) => {
    // Without a partition the callback gets no response, so the driver waits. With one, it continues and reaches its own side.
    if (withPartition) {
      lab.cut();
      response.end();
    }
    request.resume();
    reached();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const callback = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const deadline = Date.now() + REACHED_WITHIN_MS;
  try {
    for (let there = false; !there; ) {
      if (Date.now() > deadline) throw new Error(`No order reached '${moment}' within ${REACHED_WITHIN_MS / 1_000} s.`);
      const sent: Sent = { orderId: newId(), hot: true, dueAt: Date.now() };
      book.push(sent);
      const body = { ...bodyOf(true, 0), orderId: sent.orderId };
      const headers = { 'lab-moment': moment, 'lab-callback': callback };
      const answered = post(`${lab.intakes[0]}/orders`, body, headers).then(
        (answer) => {
          sent.answeredAt = Date.now();
          sent.status = answer?.status;
          return false;
        },
        () => false,
      );
      there = await Promise.race([reaching.then(() => true), answered, pause(4_000, false)]);
    }
    if (withPartition) await untilHalfKnows(databases);
    await act();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Waits until both participants on the driver's side have pre-committed. */
async function untilHalfKnows({ urls }: Databases): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (Date.now() < deadline) {
    const seen = await Promise.all(
      ['order', 'payment'].map((name) => query(urls[name]!, `select 1 from lab_records where kind = 'pre-committed'`)),
    );
    if (seen.every((rows) => rows.length > 0)) return;
    await pause(10);
  }
  throw new Error('The driver did not reach the participants on its own side within 2 s.');
}
