import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROMISES } from '@quadrille/audit';
import { topicOf } from '@quadrille/choreography';
import { freePort, NODE_FLAGS, startProcess } from '@quadrille/local';
import { countingRequests } from '../measure/kafka-requests.js';
import { atRest } from './at-rest.js';
import { BASELINE, readBaselineBooks } from './baseline-books.js';
import { holdTopics } from './hold-topics.js';
import { startServers } from './servers.js';
import type { Shop } from './shop.js';
import { READY_WITHIN_MS, type Started } from './started.js';
import { stockBaseline } from './stock-baseline.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const WAITING = 'exists (select from outbox_messages where published_at is null)';
const SERVICES = ['order', 'payment', 'inventory', 'shipping'] as const;

/** Starts the textbook checkout on new servers, with the same goods and accounts; `started` stops it. */
export async function startBaseline(started: Started): Promise<Shop> {
  const servers = await startServers(started, { naming: BASELINE });
  const databases: Record<string, string> = {};
  const urls: Record<string, string> = {};
  for (const name of SERVICES) {
    databases[name] = await servers.postgres.createService(name, randomBytes(12).toString('hex'));
    urls[name] = `http://127.0.0.1:${await freePort()}`;
  }
  const brokers = servers.kafka.brokers;
  const run = async (name: string) => {
    const env = { PORT: new URL(urls[name]!).port, DATABASE_URL: databases[name], KAFKA_BROKERS: brokers.join(',') };
    const command = {
      name: `${name} of the baseline`,
      command: process.execPath,
      args: [...NODE_FLAGS, join(ROOT, 'packages/baseline/dist', name, 'main.js')],
      cwd: ROOT,
      env: { ...env, KAFKAJS_NO_PARTITIONER_WARNING: '1', ...countingRequests(servers.countsDir) },
      readyWhen: `${urls[name]}/health/ready`,
      readyWithinMs: READY_WITHIN_MS,
    };
    return [name, started.track(await startProcess(command))] as const;
  };
  const starting = SERVICES.map(run);
  await Promise.allSettled(starting);
  const running = await Promise.all(starting);
  await stockBaseline(databases);
  return {
    side: 'baseline',
    orderUrl: urls.order!,
    databases,
    brokers,
    processes: {
      ...Object.fromEntries(running.map(([name, { pid }]) => [name, [pid]])),
      postgres: [servers.postgres.pid],
      ...(servers.kafkaPid !== undefined && { kafka: [servers.kafkaPid] }),
    },
    superuserUrl: servers.postgres.superuserUrl,
    counting: { folder: servers.countsDir, pids: running.map(([, { pid }]) => pid) },
    waiting: WAITING,
    hold: () => holdTopics(urls.payment!, [topicOf(BASELINE, 'order')]),
    release: () => holdTopics(urls.payment!, []),
    atRest: (withinMs) => atRest({ databases, waiting: WAITING }, withinMs),
    audit: async () => {
      const books = await readBaselineBooks(databases, brokers);
      return PROMISES.map((promise) => promise(books));
    },
  };
}
