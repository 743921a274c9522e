import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const LOOK_EVERY_MS = 200;

/** Waits until no order is open. Resolves to the number of open orders after `withinMs`; 0 means that all have ended. */
export async function awaitEndings(
  orderDatabaseUrl: string,
  withinMs: number,
  onOpen: (open: number) => void,
): Promise<number> {
  const client = new pg.Client({ connectionString: orderDatabaseUrl });
  // The next query reports a lost server.
  client.on('error', () => {});
  await client.connect();
  try {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const { rows } = await client.query<{ open: number }>(
        "select count(*)::int as open from orders where status in ('PLACED', 'CANCELLING')",
      );
      const open = rows[0]!.open;
      onOpen(open);
      if (open === 0 || Date.now() > deadline) return open;
      await pause(LOOK_EVERY_MS);
    }
  } finally {
    await client.end();
  }
}
