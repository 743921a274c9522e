import { purge, purgeDecisions as purgeDecisionsOnParked } from '@quadrille/inbox';
import { purgeDecisions } from '@quadrille/outbox';
import { purgeIdempotencyKeys, Retention } from '@quadrille/runtime';
import type { Pool } from 'pg';
import type { ServiceContext } from './service-context.js';

const SECONDS_PER_HOUR = 3_600;

/** All retention rules of a service: those of the runtime, and those of its definition. */
export function createRetention({ definition, env, log }: ServiceContext, pool: Pool): Retention {
  const inboxSeconds = env.INBOX_RETENTION_HOURS * SECONDS_PER_HOUR;
  return new Retention({
    pool,
    log,
    intervalSeconds: env.RETENTION_INTERVAL_SECONDS,
    chunkRows: env.RETENTION_CHUNK_ROWS,
    rules: [
      { name: 'inbox', purge: (tx, limit) => purge(tx, inboxSeconds, limit) },
      { name: 'decisions on parked messages', purge: (tx, limit) => purgeDecisionsOnParked(tx, inboxSeconds, limit) },
      { name: 'decisions on unsendable records', purge: (tx, limit) => purgeDecisions(tx, inboxSeconds, limit) },
      purgeIdempotencyKeys(env.IDEMPOTENCY_KEY_HOURS),
      ...(definition.retention ?? []).map(({ name, purge }) => ({
        name,
        purge: (tx: Parameters<typeof purge>[0], limit: number) => purge(tx, env, limit),
      })),
    ],
  });
}
