import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { ChaoticSystem } from '../system/chaotic-system.js';

const LOCK_TIMEOUT = "set lock_timeout = '2s'";
const TRY_AGAIN_AFTER_MS = 200;
const DONE_WITHIN_MS = 60_000;

/** Runs statements on a superuser connection and returns it. Retries, because other faults or table locks may interfere. */
export async function having(
  { postgres }: ChaoticSystem,
  database: string,
  statements: readonly (string | { readonly text: string; readonly values: unknown[] })[],
): Promise<pg.Client> {
  const deadline = Date.now() + DONE_WITHIN_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: postgres.superuserUrl(database) });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(LOCK_TIMEOUT);
      for (const statement of statements) await client.query(statement);
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (Date.now() > deadline) throw error;
      await pause(TRY_AGAIN_AFTER_MS);
    }
  }
}

/** Like {@link having}, and closes the connection. */
export async function change(...asked: Parameters<typeof having>): Promise<void> {
  const client = await having(...asked);
  await client.end().catch(() => {});
}
