import type { KafkaHealth } from '@quadrille/kafka';
import type { RelayHealth } from '@quadrille/outbox';
import { policiesOfThisProcess, type Waiting } from '@quadrille/runtime';
import type { Pool } from 'pg';
import type { ServiceMetrics } from './metrics.js';

/** Components with state in memory. Reading it costs nothing, so it is read at each scrape. */
export interface Parts {
  readonly pool: Pool;
  readonly relay?: { health(): RelayHealth } | undefined;
  readonly gate?: { waiting(): Waiting; expectedWaitMs(): number | undefined } | undefined;
  readonly consumer?: { health(): KafkaHealth; lag(): Promise<Record<string, number>> } | undefined;
}

/** Maximum topics with a series of their own: an application may write arbitrary topic names into the outbox. */
const MOST_TOPICS = 20;

const CIRCUIT_STATES = ['closed', 'half-open', 'open'] as const;

/** Sets the gauges of a service each time its metrics are read. */
export function collectGauges(metrics: ServiceMetrics, { pool, relay, consumer, gate }: Parts): void {
  metrics.poolConnections.set({ state: 'used' }, pool.totalCount - pool.idleCount);
  metrics.poolConnections.set({ state: 'idle' }, pool.idleCount);
  metrics.poolLimit.set(pool.options.max);
  metrics.poolWaiting.set(pool.waitingCount);
  if (gate) readGate(metrics, gate);
  if (relay) readRelay(metrics, relay.health());
  if (consumer) readConsumer(metrics, consumer.health());
  for (const guard of policiesOfThisProcess()) {
    const { circuit, running, waiting } = guard.state();
    for (const state of CIRCUIT_STATES) metrics.circuit.set({ gateway: guard.name, state }, state === circuit ? 1 : 0);
    metrics.bulkheadRunning.set({ gateway: guard.name }, running);
    metrics.bulkheadWaiting.set({ gateway: guard.name }, waiting);
  }
}

function readGate(metrics: ServiceMetrics, gate: NonNullable<Parts['gate']>): void {
  const { items, bytes } = gate.waiting();
  metrics.commandsWaiting.set(items);
  metrics.commandsWaitingBytes.set(bytes);
  const waitMs = gate.expectedWaitMs();
  if (waitMs !== undefined) metrics.sagaExpectedWait.set(waitMs / 1_000);
}

function readRelay(metrics: ServiceMetrics, { ok, paused, heldShards, blockedTopics }: RelayHealth): void {
  metrics.relayUp.set(ok ? 1 : 0);
  metrics.relayPaused.set(paused ? 1 : 0);
  metrics.relayShards.set(heldShards);
  metrics.relayBlocked.reset();
  for (const { topic } of blockedTopics.slice(0, MOST_TOPICS)) metrics.relayBlocked.set({ topic }, 1);
}

function readConsumer(metrics: ServiceMetrics, health: KafkaHealth): void {
  metrics.consumerUp.set(health.state === 'running' ? 1 : 0);
  metrics.consumerStalled.set(health.stalled ? 1 : 0);
  metrics.consumerTopicsUnavailable.set(health.unavailableTopics.length);
  metrics.consumerPartitionsFailing.set(health.failing.length);
  metrics.consumerBatchAttempts.set(health.failingBatch?.attempts ?? 0);
  metrics.consumerRecordsLost.reset();
  metrics.consumerRecordsLost.inc(health.recordsLost);
  metrics.consumerPartitions.set(health.assigned);
  metrics.consumerInFlight.set(health.inFlight);
  metrics.consumerLastActivityAge.set(Math.max(0, Date.now() - health.lastActivityAt) / 1_000);
}
