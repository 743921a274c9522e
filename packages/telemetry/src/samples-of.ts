import type { Rows, Tx } from '@quadrille/choreography';
import { parkedByStep } from '@quadrille/inbox';
import { deadCount, pending } from '@quadrille/outbox';
import { transaction } from '@quadrille/postgres';
import type { SagaWatch } from '@quadrille/runtime';
import type { Parts } from './collect-gauges.js';
import type { ServiceMetrics } from './metrics.js';
import { kindOf } from './row-kind.js';
import type { Sample } from './samples.js';

/** What of a service must be asked for: its tables and its place in the topics. */
export function samplesOf(metrics: ServiceMetrics, parts: Parts, rows: Rows, sagas: SagaWatch | undefined): Sample[] {
  const asked = <Found>(query: (tx: Tx) => Promise<Found>) => transaction(parts.pool, query);
  return [
    ...(parts.relay ? [outboxSample(metrics, asked)] : []),
    ...(parts.consumer ? [lagSample(metrics, parts.consumer)] : []),
    parkedSample(metrics, asked, rows),
    ...(sagas ? [sagaSample(metrics, asked, sagas)] : []),
  ];
}

type Ask = <Found>(query: (tx: Tx) => Promise<Found>) => Promise<Found>;

const outboxSample = ({ outboxPending, outboxOldestAge, outboxDead }: ServiceMetrics, ask: Ask): Sample => ({
  name: 'outbox',
  async take() {
    const { rows, oldestAgeSeconds } = await ask(pending);
    outboxPending.set(rows);
    outboxOldestAge.set(Math.max(0, oldestAgeSeconds));
    outboxDead.set(await ask(deadCount));
  },
  forget() {
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
  forget: () => consumerLag.reset(),
});

const parkedSample = ({ parked }: ServiceMetrics, ask: Ask, rows: Rows): Sample => ({
  name: 'parked',
  async take() {
    const counts = await ask(parkedByStep);
    parked.reset();
    for (const { step, state, messages } of counts) {
      parked.set({ step, state, kind: rows[step] ? kindOf(rows[step]) : 'none' }, messages);
    }
  },
  forget: () => parked.reset(),
});

const sagaSample = ({ sagasActive, sagaOldestAge }: ServiceMetrics, ask: Ask, sagas: SagaWatch): Sample => ({
  name: 'sagas',
  async take() {
    const { byState, oldestAgeSeconds } = await ask(sagas.active);
    sagasActive.reset();
    for (const [state, count] of Object.entries(byState)) sagasActive.set({ state }, count);
    sagaOldestAge.set(Math.max(0, oldestAgeSeconds));
  },
  forget() {
    sagasActive.reset();
    sagaOldestAge.remove();
  },
});
