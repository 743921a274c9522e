import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const LOOK_EVERY_MS = 200;

/** Waits until no order is open any more. Resolves to how many still are when `withinMs` have passed; 0 is what one hopes for. */
export async function awaitEndings(
  orderDatabaseUrl: string,
  withinMs: number,
  onOpen: (open: number) => void,
): Promise<number> {
  const client = new pg.Client({ connectionString: orderDatabaseUrl });
  // A server that goes away meanwhile is told by the next question.
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
