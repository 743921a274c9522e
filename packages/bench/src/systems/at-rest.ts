import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

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
export async function atRest(databases: Readonly<Record<string, string>>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (const [service, connectionString] of Object.entries(databases)) {
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      for (const busy of BUSY[service] ?? []) await until(client, busy, service, deadline);
    } finally {
      await client.end();
    }
  }
  for (const [service, connectionString] of Object.entries(databases))
    await outboxEmpty(service, connectionString, deadline);
}

/** Waits until everything that was committed has been sent. */
export async function outboxEmpty(service: string, connectionString: string, deadline: number): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await until(client, 'exists (select from outbox)', service, deadline);
  } finally {
    await client.end();
  }
}

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
