import type { Tx } from '@quadrille/choreography';
import type { Notice } from '../reading/read-record.js';

/** Stores the dead letters of services; of one message the first notice counts. */
export async function saveNotices(tx: Tx, notices: readonly Notice[]): Promise<void> {
  await tx.query(
    `insert into notices (order_id, event_id, step, service, code, cause, at)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
     on conflict do nothing`,
    [
      notices.map(({ orderId }) => orderId),
      notices.map(({ eventId }) => eventId),
      notices.map(({ step }) => step),
      notices.map(({ service }) => service),
      notices.map(({ code }) => code),
      notices.map(({ cause }) => cause),
      notices.map(({ at }) => at),
    ],
  );
}
