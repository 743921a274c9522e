import { transaction } from '@quadrille/postgres';
import { poolOf } from '../participant/postgres-here.js';
import { postgresRecords } from '../participant/postgres-records.js';
import { everySecond, systemClock } from '../process/clock.js';
import { problem, serve } from '../process/http.js';
import { calls, participantsAt } from '../process/participants.js';
import { rulesIn } from '../process/rules.js';
import type { Coordinator } from '../protocol.js';
import { Intake } from './intake.js';
import { kafkaDecisions } from './kafka-decisions.js';
import { postgresDecisions } from './postgres-decisions.js';

/** A coordinator process: accepts orders over HTTP and responds when the protocol has ended. */
const env = process.env as Record<string, string>;
const id = env.LAB_COORDINATOR!;
const rules = rulesIn(env.LAB_RULES!);
const at = participantsAt(JSON.parse(env.LAB_PARTICIPANTS!));
const book = poolOf(env.LAB_BOOK_URL!);
const decisions = env.LAB_BROKERS
  ? await kafkaDecisions(env.LAB_BROKERS.split(','), id)
  : postgresDecisions(poolOf(env.LAB_LOG_URL!), id);

const coordinator = (moment: (name: string) => Promise<void>): Coordinator => ({
  id,
  clock: systemClock,
  decisions,
  moment,
  transaction: (work) => transaction(book, (tx) => work({ records: (kind) => postgresRecords(tx, kind) })),
});

/** At the named moment of this order the coordinator calls the lab. The lab may kill or stop this process before it responds. */
const momentOf = (wanted: unknown, url: unknown) => async (name: string) => {
  if (name !== wanted || typeof url !== 'string') return;
  await fetch(url, { method: 'POST', body: name }).catch(() => {});
};

const intake = new Intake((request, headers) =>
  rules.protocol.carry(request, at, coordinator(momentOf(headers['lab-moment'], headers['lab-callback']))),
);
process.once('SIGTERM', () => void intake.drain().then(() => process.exit()));

await serve(Number(env.LAB_PORT), async (path, body, headers) => {
  if (path === '/rules') return rules.read();
  if (path === '/calls') return { status: 200, body: calls };
  if (path === '/orders') return intake.place(body, headers);
  return problem(404, 'unknown-path', `Unknown path ${path}. Use POST /orders.`);
});

void everySecond(async () =>
  rules.protocol.resume?.(
    at,
    coordinator(async () => {}),
  ),
);
