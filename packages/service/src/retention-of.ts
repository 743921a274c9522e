import { forget } from '@quadrille/inbox';
import { forgetDecisions } from '@quadrille/outbox';
import type { Pool } from 'pg';
import type { Boot } from './boot.js';
import { forgetIdempotencyKeys, Retention } from './retention.js';

const SECONDS_PER_HOUR = 3_600;

/** Everything of a service that may be forgotten: of the plumbing, and what its definition says. */
export function retentionOf({ definition, env, log }: Boot, pool: Pool): Retention {
  const inboxSeconds = env.INBOX_RETENTION_HOURS * SECONDS_PER_HOUR;
  return new Retention({
    pool,
    log,
    intervalSeconds: env.RETENTION_INTERVAL_SECONDS,
    chunkRows: env.RETENTION_CHUNK_ROWS,
    rules: [
      { what: 'inbox', forget: (tx, limit) => forget(tx, inboxSeconds, limit) },
      { what: 'decisions on unsendable records', forget: (tx, limit) => forgetDecisions(tx, inboxSeconds, limit) },
      forgetIdempotencyKeys(env.IDEMPOTENCY_KEY_HOURS),
      ...(definition.retention ?? []).map(({ what, forget: forgetOwn }) => ({
        what,
        forget: (tx: Parameters<typeof forgetOwn>[0], limit: number) => forgetOwn(tx, env, limit),
      })),
    ],
  });
}
