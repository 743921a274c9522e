import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { PROMISES_OF_BOOKS } from '@quadrille/audit';
import { freePort, NODE_FLAGS, startProcess } from '@quadrille/local';
import { SERVICES } from '../references/tables.js';
import { readReferenceBooks } from './baseline-books.js';
import { startServers } from './servers.js';
import type { Reference, Shop } from './shop.js';
import { READY_WITHIN_MS, type Started } from './started.js';
import { stockBaseline } from './stock-baseline.js';

const MAIN = fileURLToPath(new URL('../../dist/references/main.js', import.meta.url));

/** Starts a reference on new servers with the same goods and accounts. The broker runs idle, as a constant of all systems. */
export async function startReference(reference: Reference, started: Started): Promise<Shop> {
  const { postgres, kafka, kafkaPid, countsDir } = await startServers(started);
  const databases: Record<string, string> = {};
  for (const name of SERVICES) databases[name] = await postgres.createService(name, randomBytes(12).toString('hex'));
  const orderUrl = `http://127.0.0.1:${await freePort()}`;
  const service = started.track(
    await startProcess({
      name: reference,
      command: process.execPath,
      args: [...NODE_FLAGS, MAIN],
      env: { REFERENCE: reference, PORT: new URL(orderUrl).port, DATABASES: JSON.stringify(databases) },
      readyWhen: orderUrl,
      readyWithinMs: READY_WITHIN_MS,
    }),
  );
  await stockBaseline(databases);
  return {
    side: reference,
    orderUrl,
    databases,
    brokers: kafka.brokers,
    processes: {
      [reference]: [service.pid],
      postgres: [postgres.pid],
      ...(kafkaPid !== undefined && { kafka: [kafkaPid] }),
    },
    superuserUrl: postgres.superuserUrl,
    counting: { folder: countsDir, pids: [] },
    waiting: 'false',
    // An answered order has ended, so there is nothing to pause and nothing to wait for.
    hold: async () => {},
    release: async () => {},
    atRest: async () => {},
    audit: async () => {
      const books = await readReferenceBooks(databases);
      return PROMISES_OF_BOOKS.map((promise) => promise(books));
    },
  };
}
