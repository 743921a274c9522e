import { unrelayedSchemas } from '@quadrille/outbox';
import { messageOf } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { ServiceContext } from './service-context.js';

/** Until then all services of a deployment should have started. */
const LOOK_AFTER_MS = 60_000;

/** Warns once of an outbox in another schema of the database that no relay publishes: its records would wait without an error. */
export function warnOfUnrelayedOutboxes({ log, shutdown }: Pick<ServiceContext, 'log' | 'shutdown'>, pool: Pool): void {
  const timer = setTimeout(() => look(log, pool), LOOK_AFTER_MS);
  timer.unref();
  shutdown.set('looking for other outboxes', async () => clearTimeout(timer));
}

/** Looks at this moment. */
export async function look(
  log: Pick<ServiceContext['log'], 'warn' | 'debug'>,
  pool: Pick<Pool, 'query'>,
): Promise<void> {
  try {
    const schemas = await unrelayedSchemas(pool);
    if (schemas.length > 0) log.warn({ schemas }, 'no relay publishes the outbox of these schemas: records there wait');
  } catch (error) {
    // Without a database, everything else reports it.
    log.debug({ cause: messageOf(error) }, 'the outboxes of other schemas cannot be read');
  }
}
