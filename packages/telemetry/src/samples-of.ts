import type { Rows, Tx } from '@quadrille/choreography';
import { parkedByStep } from '@quadrille/inbox';
import { deadCount, pending } from '@quadrille/outbox';
import { transaction } from '@quadrille/postgres';
import type { SagaWatch } from '@quadrille/runtime';
import type { Parts } from './collect-gauges.js';
import type { ServiceMetrics } from './metrics.js';
import { kindOf, type Sample } from './samples.js';

/** Values of a service that need a query: its tables and its lag in the topics. */
export function samplesOf(metrics: ServiceMetrics, parts: Parts, rows: Rows, sagas: SagaWatch | undefined): Sample[] {
  const query: Query = (work) => transaction(parts.pool, work);
  return [
    ...(parts.relay ? [outboxSample(metrics, query)] : []),
    ...(parts.consumer ? [lagSample(metrics, parts.consumer)] : []),
    parkedSample(metrics, query, rows),
    ...(sagas ? [sagaSample(metrics, query, sagas)] : []),
  ];
}

type Query = <Found>(work: (tx: Tx) => Promise<Found>) => Promise<Found>;

const outboxSample = ({ outboxPending, outboxOldestAge, outboxDead }: ServiceMetrics, query: Query): Sample => ({
  name: 'outbox',
  async take() {
    const { rows, oldestAgeSeconds } = await query(pending);
    outboxPending.set(rows);
    outboxOldestAge.set(Math.max(0, oldestAgeSeconds));
    outboxDead.set(await query(deadCount));
  },
  clear() {
    for (const gauge of [outboxPending, outboxOldestAge, outboxDead]) gauge.remove();
  },
});

const lagSample = ({ consumerLag }: ServiceMetrics, consumer: NonNullable<Parts['consumer']>): Sample => ({
  name: 'lag',
  async take() {
    const lag = await consumer.lag();
    consumerLag.reset();
    for (const [place, records] of Object.entries(lag)) {
      const slash = place.lastIndexOf('/');
      consumerLag.set({ topic: place.slice(0, slash), partition: place.slice(slash + 1) }, records);
    }
  },
  clear: () => consumerLag.reset(),
});

const parkedSample = ({ parked }: ServiceMetrics, query: Query, rows: Rows): Sample => ({
  name: 'parked',
  async take() {
    const counts = await query(parkedByStep);
    parked.reset();
    for (const { step, state, messages } of counts) {
      parked.set({ step, state, kind: rows[step] ? kindOf(rows[step]) : 'none' }, messages);
    }
  },
  clear: () => parked.reset(),
});

const sagaSample = ({ sagasActive, sagaOldestAge }: ServiceMetrics, query: Query, sagas: SagaWatch): Sample => ({
  name: 'sagas',
  async take() {
    const { byState, oldestAgeSeconds } = await query(sagas.active);
    sagasActive.reset();
    for (const [state, count] of Object.entries(byState)) sagasActive.set({ state }, count);
    sagaOldestAge.set(Math.max(0, oldestAgeSeconds));
  },
  clear() {
    sagasActive.reset();
    sagaOldestAge.remove();
  },
});
