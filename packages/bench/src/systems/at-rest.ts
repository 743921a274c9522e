import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { withDatabase } from '../measure/with-database.js';
import type { Shop } from './shop.js';

const LOOK_EVERY_MS = 50;
/** Looking takes at most so much of the time, also where a look reads a large table. */
const LOOKING_SHARE = 0.02;

/** What keeps each service busy; `exists` stops at the first row, so that looking costs next to nothing. */
const BUSY: Readonly<Record<string, readonly string[]>> = {
  order: [`exists (select from orders where status in ('PLACED', 'CANCELLING'))`],
  inventory: [`exists (select from reservations where status = 'reserved')`],
  shipping: [`exists (select from shipments where status = 'created')`],
};

/** Waits until no service has anything to do, asking them one after the other. Throws, naming who is busy, after `withinMs`. */
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

/** Waits until everything that a service has committed is sent. */
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
