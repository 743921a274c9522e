import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { withDatabase } from '../measure/with-database.js';
import type { Shop } from './shop.js';

const LOOK_EVERY_MS = 50;
/** The maximum share of time spent polling, even if a query reads a large table. */
const LOOKING_SHARE = 0.02;

/** The condition under which each service is busy; `exists` stops at the first row, so polling is cheap. */
const BUSY: Readonly<Record<string, readonly string[]>> = {
  order: [`exists (select from orders where status in ('PLACED', 'CANCELLING'))`],
  inventory: [`exists (select from reservations where status = 'reserved')`],
  shipping: [`exists (select from shipments where status = 'created')`],
};

/** Waits until all services are idle, checking them in sequence. Throws after `withinMs` with the name of the busy service. */
export async function atRest(
  { databases, waiting }: Pick<Shop, 'databases' | 'waiting'>,
  withinMs: number,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (const service of Object.keys(databases)) {
    for (const busy of BUSY[service] ?? []) await untilNot(service, databases[service]!, busy, deadline);
  }
  for (const [service, url] of Object.entries(databases)) await untilNot(service, url, waiting, deadline);
}

/** Waits until all committed events of a service are sent. */
export async function allSent({ databases, waiting }: Shop, service: string, withinMs: number): Promise<void> {
  await untilNot(service, databases[service]!, waiting, Date.now() + withinMs);
}

const untilNot = (service: string, connectionString: string, busy: string, deadline: number): Promise<void> =>
  withDatabase(connectionString, (client) => until(client, busy, service, deadline));

async function until(client: pg.Client, busy: string, service: string, deadline: number): Promise<void> {
  for (;;) {
    const began = performance.now();
    const { rows } = await client.query<{ busy: boolean }>(`select ${busy} as busy`);
    if (!rows[0]!.busy) return;
    const tookMs = performance.now() - began;
    if (Date.now() > deadline) throw new Error(`${service} is still busy: ${busy}.`);
    await pause(Math.max(LOOK_EVERY_MS, tookMs / LOOKING_SHARE));
  }
}
