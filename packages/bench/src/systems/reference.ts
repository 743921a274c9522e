import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { PROMISES_OF_BOOKS } from '@quadrille/audit';
import { createTopics } from '@quadrille/kafka';
import { freePort, NODE_FLAGS, type RunningProcess, startProcess } from '@quadrille/local';
import { countingRequests } from '../measure/kafka-requests.js';
import { CHOREOGRAPHIES, isChoreography } from '../references/events.js';
import { SERVICES } from '../references/tables.js';
import { atRest } from './at-rest.js';
import { readReferenceBooks } from './baseline-books.js';
import { PARTITIONS, type Servers, startServers } from './servers.js';
import type { Reference, Shop } from './shop.js';
import { READY_WITHIN_MS, type Started } from './started.js';
import { stockBaseline } from './stock-baseline.js';

const MAIN = fileURLToPath(new URL('../../dist/references/main.js', import.meta.url));

/** A reference with its processes by name, so that a spec can kill one. */
export interface ReferenceShop extends Shop {
  readonly running: Readonly<Record<string, RunningProcess>>;
}

/** Starts a reference on new servers with the same goods and accounts. Without events the broker runs idle, as a constant of all systems. */
export async function startReference(reference: Reference, started: Started): Promise<ReferenceShop> {
  const servers = await startServers(started);
  const { postgres, kafka, kafkaPid, countsDir } = servers;
  const databases: Record<string, string> = {};
  for (const name of SERVICES) databases[name] = await postgres.createService(name, randomBytes(12).toString('hex'));
  const orderUrl = `http://127.0.0.1:${await freePort()}`;
  const events = isChoreography(reference) ? CHOREOGRAPHIES[reference] : undefined;
  const waiting = events?.hasOutbox ? 'exists (select from outbox)' : 'false';
  const env = { REFERENCE: reference, PORT: new URL(orderUrl).port, DATABASES: JSON.stringify(databases) };
  const running: Record<string, RunningProcess> = events
    ? await startServices(servers, events.topology.all, env, orderUrl, started)
    : { [reference]: await startOne(reference, env, orderUrl, started) };
  await stockBaseline(databases);
  return {
    side: reference,
    running,
    orderUrl,
    databases,
    brokers: kafka.brokers,
    processes: {
      ...Object.fromEntries(Object.entries(running).map(([name, { pid }]) => [name, [pid]])),
      postgres: [postgres.pid],
      ...(kafkaPid !== undefined && { kafka: [kafkaPid] }),
    },
    superuserUrl: postgres.superuserUrl,
    counting: { folder: countsDir, pids: events ? Object.values(running).map(({ pid }) => pid) : [] },
    waiting,
    hold: async () => {},
    release: async () => {},
    // Without events an answered order has ended.
    atRest: async (withinMs) => {
      if (events) await atRest({ databases, waiting }, withinMs);
    },
    audit: async () => {
      const books = await readReferenceBooks(databases);
      return PROMISES_OF_BOOKS.map((promise) => promise(books));
    },
  };
}

/** The order service first: it creates the tables. */
async function startServices(
  { kafka, countsDir }: Servers,
  topics: readonly string[],
  env: Readonly<Record<string, string>>,
  orderUrl: string,
  started: Started,
): Promise<Record<string, RunningProcess>> {
  const wanted = { topics, partitions: PARTITIONS, replicationFactor: 1 };
  await createTopics({ brokers: [...kafka.brokers], clientId: 'quadrille.bench', ...wanted });
  const running: Record<string, RunningProcess> = {};
  const more = { ...env, KAFKA_BROKERS: kafka.brokers.join(','), ...countingRequests(countsDir) };
  for (const name of SERVICES) {
    const ready = name === 'order' ? orderUrl : undefined;
    running[name] = await startOne(name, { ...more, SERVICE: name }, ready, started);
  }
  return running;
}

async function startOne(
  name: string,
  env: Readonly<Record<string, string>>,
  readyWhen: string | undefined,
  started: Started,
): Promise<RunningProcess> {
  const options = { name, command: process.execPath, args: [...NODE_FLAGS, MAIN], env };
  const ready = readyWhen === undefined ? {} : { readyWhen, readyWithinMs: READY_WITHIN_MS };
  return started.track(await startProcess({ ...options, ...ready }));
}
