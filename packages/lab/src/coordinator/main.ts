import { transaction } from '@quadrille/postgres';
import { poolOf } from '../participant/postgres-participant.js';
import { postgresRecords } from '../participant/postgres-records.js';
import { everySecond, systemClock } from '../process/clock.js';
import { problem, serve } from '../process/http.js';
import { calls, participantsAt } from '../process/participants.js';
import { configuredProtocol } from '../process/protocol-config.js';
import type { Coordinator } from '../protocol.js';
import { Intake } from './intake.js';
import { kafkaDecisions } from './kafka-decisions.js';
import { postgresDecisions } from './postgres-decisions.js';

/** A coordinator process: accepts orders over HTTP and responds when the protocol has ended. */
const env = process.env as Record<string, string>;
const id = env.LAB_COORDINATOR!;
const configured = configuredProtocol(env.LAB_PROTOCOL_FILE!);
const at = participantsAt(JSON.parse(env.LAB_PARTICIPANTS!));
const database = poolOf(env.LAB_DATABASE_URL!);
const decisions = env.LAB_BROKERS
  ? await kafkaDecisions(env.LAB_BROKERS.split(','), id)
  : postgresDecisions(poolOf(env.LAB_LOG_URL!), id);

const coordinator = (atCrashPoint: (name: string) => Promise<void>): Coordinator => ({
  id,
  clock: systemClock,
  decisions,
  atCrashPoint,
  transaction: (work) => transaction(database, (tx) => work({ records: (kind) => postgresRecords(tx, kind) })),
});

/** At the named crash point of this order the coordinator calls the lab. The lab may kill or stop this process before it responds. */
const crashPointOf = (wanted: unknown, url: unknown) => async (name: string) => {
  if (name !== wanted || typeof url !== 'string') return;
  await fetch(url, { method: 'POST', body: name }).catch(() => {});
};

const intake = new Intake((request, headers) =>
  configured.protocol.execute(
    request,
    at,
    coordinator(crashPointOf(headers['lab-crash-point'], headers['lab-callback'])),
  ),
);
process.once('SIGTERM', () => void intake.drain().then(() => process.exit()));

await serve(Number(env.LAB_PORT), async (path, body, headers) => {
  if (path === '/protocol') return configured.read();
  if (path === '/calls') return { status: 200, body: calls };
  if (path === '/orders') return intake.place(body, headers);
  return problem(404, 'unknown-path', `Unknown path ${path}. Use POST /orders.`);
});

void everySecond(async () =>
  configured.protocol.resume?.(
    at,
    coordinator(async () => {}),
  ),
);
