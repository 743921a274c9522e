import { consumerMetrics, outboxMetrics } from './broker-metrics.js';
import {
  type MakeCounter,
  type MakeCounts,
  type MakeGauge,
  type MakeHistogram,
  metricsRegistry,
  SHORT_SECONDS,
  SIZES,
} from './metrics-registry.js';

/** Seconds: from a step that commits at once to a saga that waited for an outage. */
const LONG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

/** All metrics of a service. Every Quadrille metric is declared here; docs/generated/metrics.md is generated from it. */
export type ServiceMetrics = ReturnType<typeof declareMetrics>;

/** Declares the metrics of a service in a registry of its own. Components update a metric through its field. */
export function declareMetrics(service: string) {
  const { registry, counter, gauge, histogram, counts } = metricsRegistry(service);
  return {
    registry,
    ...stepMetrics(counter, counts, gauge),
    ...batchMetrics(counter, gauge, histogram),
    ...outboxMetrics(counter, gauge, histogram),
    ...consumerMetrics(gauge, counter),
    ...resourceMetrics(gauge, counts),
  };
}

const stepMetrics = (counter: MakeCounter, counts: MakeCounts, gauge: MakeGauge) => ({
  steps: counter(
    'steps_total',
    'Inputs of steps that were committed. outcome: the emitted event, nothing, refused, failed, or parked (retried later).',
    ['step', 'kind', 'outcome'],
  ),
  stepDuration: counts(
    'step_duration_seconds',
    'Duration of a step: from the time of the consumed event to the commit of the step.',
    ['step'],
    LONG_SECONDS,
  ),
  compensations: counter('compensations_total', 'Events emitted by compensating steps.', ['step']),
  sagaDuration: counts(
    'saga_duration_seconds',
    'Duration of ended sagas by ending, from the request to the event that ends the saga. Only in the service that ends it.',
    ['ending'],
    LONG_SECONDS,
  ),
  sagasActive: gauge('sagas_active', 'Sagas that have begun and not ended, by state.', ['state']),
  sagaOldestAge: gauge('saga_oldest_active_age_seconds', 'Age of the oldest saga that has not ended; 0 without one.'),
});

const batchMetrics = (counter: MakeCounter, gauge: MakeGauge, histogram: MakeHistogram) => ({
  batchInputs: histogram('batch_inputs', 'Inputs per transaction.', SIZES),
  batchDuration: histogram(
    'batch_duration_seconds',
    'Duration of a batch, including gateway calls and retries.',
    SHORT_SECONDS,
  ),
  conflicts: counter(
    'transaction_conflicts_total',
    'Transactions retried after a conflict. kind: deadlock, serialization, or conflict (two writers of one aggregate).',
    ['kind'],
  ),
  duplicates: counter('inbox_duplicates_total', 'Duplicate messages that were skipped.', ['step']),
  commandsWaiting: gauge('commands_waiting', 'Commands waiting for their transaction.'),
  commandsWaitingBytes: gauge('commands_waiting_bytes', 'Bytes of the bodies of waiting commands.'),
  commandsRefused: counter(
    'commands_refused_total',
    'Commands answered 503 before any work. reason: commands, bytes or age (of waiting commands), sagas (backlog too long), database (unavailable).',
    ['reason'],
  ),
  sagaExpectedWait: gauge(
    'saga_expected_wait_seconds',
    'Expected duration of a new saga: open sagas divided by sagas that end per second; 0 while few are open.',
  ),
  parked: gauge(
    'parked_messages',
    'Messages that could not be processed. state: retrying, queued (behind another of their key), or dead (needs an operator).',
    ['step', 'kind', 'state'],
  ),
});

const resourceMetrics = (gauge: MakeGauge, counts: MakeCounts) => ({
  poolConnections: gauge('database_connections', 'Connections of the pool. state: used or idle.', ['state']),
  poolLimit: gauge('database_connections_limit', 'Maximum connections of the pool.'),
  poolWaiting: gauge('database_waiting', 'Requests waiting for a pool connection.'),
  circuit: gauge(
    'circuit_breaker_state',
    '1 for the current state of the circuit breaker: closed, half-open or open.',
    ['gateway', 'state'],
  ),
  bulkheadRunning: gauge('bulkhead_running', 'Running calls to an external service.', ['gateway']),
  bulkheadWaiting: gauge('bulkhead_waiting', 'Queued calls to an external service.', ['gateway']),
  httpDuration: httpDuration(counts),
  sampleUp: gauge('sample_up', '1 when the last query of a sampled value (outbox, parked, sagas, lag) succeeded.', [
    'sample',
  ]),
});

const httpDuration = (counts: MakeCounts) =>
  counts(
    'http_request_duration_seconds',
    'Duration of HTTP requests, without event streams.',
    ['method', 'route', 'status'],
    SHORT_SECONDS,
  );

/** For an application that only answers requests: a registry with that one metric. */
export function declareHttpMetrics(service: string): Pick<ServiceMetrics, 'registry' | 'httpDuration'> {
  const { registry, counts } = metricsRegistry(service);
  return { registry, httpDuration: httpDuration(counts) };
}
