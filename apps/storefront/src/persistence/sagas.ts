import type { Tx } from '@quadrille/choreography';
import type { SagaFacts } from '../domain/saga.js';

/** Stores the state of sagas, one row per order. The caller has derived it from all known events. */
export async function saveSagas(tx: Tx, sagas: readonly (readonly [orderId: string, facts: SagaFacts])[]) {
  const column = (value: (facts: SagaFacts) => unknown) => sagas.map(([, facts]) => value(facts));
  await tx.query(
    `insert into sagas (order_id, state, awaited_step, awaited_service, since, started_at, ended_at, last_event)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                          $7::timestamptz[], $8::text[])
     on conflict (order_id) do update
     set state = excluded.state, awaited_step = excluded.awaited_step, awaited_service = excluded.awaited_service,
         since = excluded.since, started_at = excluded.started_at, ended_at = excluded.ended_at,
         last_event = excluded.last_event`,
    [
      sagas.map(([orderId]) => orderId),
      column(({ state }) => state),
      column(({ awaited }) => awaited[0]?.step ?? null),
      column(({ awaited }) => awaited[0]?.service ?? null),
      column(({ awaited }) => awaited[0]?.since ?? null),
      column(({ startedAt }) => startedAt),
      column(({ endedAt }) => endedAt),
      column(({ lastEvent }) => lastEvent),
    ],
  );
}
