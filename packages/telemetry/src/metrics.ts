import { Counter, Gauge, Histogram, type Metric, Registry } from 'prom-client';
import { BucketCounts } from './bucket-counts.js';

/** Seconds: from a step that commits at once to a saga that waited for an outage. */
const LONG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];
const SHORT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000];

/** All metrics of a service. Every Quadrille metric is declared here; docs/generated/metrics.md is generated from it. */
export type ServiceMetrics = ReturnType<typeof declareMetrics>;

/** Declares the metrics of a service in a registry of its own. Components update a metric through its field. */
export function declareMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `quadrille_${name}`, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, labelNames: string[] = []) => {
    const metric = new Gauge({ name: `quadrille_${name}`, help, labelNames, registers: [registry] });
    // An absent component has no series, rather than 0.
    if (labelNames.length === 0) metric.remove();
    return metric;
  };
  const histogram = makeHistograms(registry);
  const counts = makeCounts(registry);
  return {
    registry,
    ...stepMetrics(counter, counts, gauge),
    ...batchMetrics(counter, gauge, histogram),
    ...outboxMetrics(counter, gauge, histogram),
    ...consumerMetrics(gauge, counter),
    ...resourceMetrics(gauge, counts),
  };
}

type MakeCounter = (name: string, help: string, labelNames?: string[]) => Counter;
type MakeGauge = (name: string, help: string, labelNames?: string[]) => Gauge;
type MakeHistogram = (name: string, help: string, buckets: number[], labelNames?: string[]) => Histogram;
type MakeCounts = (
  name: string,
  help: string,
  labelNames: readonly string[],
  bounds: readonly number[],
) => BucketCounts;

const makeHistograms =
  (registry: Registry): MakeHistogram =>
  (name, help, buckets, labelNames = []) =>
    new Histogram({ name: `quadrille_${name}`, help, labelNames, buckets, registers: [registry] });

const makeCounts =
  (registry: Registry): MakeCounts =>
  (name, help, labelNames, bounds) => {
    const metric = new BucketCounts({ name: `quadrille_${name}`, help, labelNames, bounds });
    registry.registerMetric(metric as unknown as Metric);
    return metric;
  };

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

const outboxMetrics = (counter: MakeCounter, gauge: MakeGauge, histogram: MakeHistogram) => ({
  outboxPending: gauge('outbox_pending', 'Committed records waiting to be sent.'),
  outboxOldestAge: gauge('outbox_oldest_age_seconds', 'Age of the oldest waiting record; 0 without one.'),
  outboxDead: gauge('outbox_dead', 'Records that can never be sent; see the table outbox_dead.'),
  outboxSent: counter('outbox_sent_total', 'Records acknowledged by the broker.'),
  outboxFailures: counter(
    'outbox_send_failures_total',
    'Batches without acknowledgement, and failed reads of the outbox; both are retried.',
  ),
  outboxBatchRows: histogram(
    'outbox_batch_rows',
    'Records per send; the count of the histogram is the number of batches.',
    SIZES,
  ),
  outboxSendDuration: histogram('outbox_send_duration_seconds', 'From send to acknowledgement.', SHORT_SECONDS),
  outboxDeadLettered: counter(
    'outbox_dead_lettered_total',
    'Records that can never be sent and unreadable rows, moved to the table outbox_dead.',
  ),
  relayUp: gauge(
    'outbox_relay_up',
    '1 while the relay sends its records; 0 once they wait for long, with the cause in /health/ready.',
  ),
  relayBlocked: gauge('outbox_relay_blocked_topics', '1 per topic that accepts no records; its records wait.', [
    'topic',
  ]),
  relayPaused: gauge('outbox_relay_paused', '1 while the relay is paused on purpose.'),
  relayShards: gauge('outbox_relay_shards', 'Shards of the outbox that this process sends.'),
});

const consumerMetrics = (gauge: MakeGauge, counter: MakeCounter) => ({
  consumerLag: gauge('consumer_lag_records', 'Records the group has not committed yet.', ['topic', 'partition']),
  consumerUp: gauge('consumer_up', '1 while the consumer is a running member of its group.'),
  consumerStalled: gauge(
    'consumer_stalled',
    '1 while consumer lag grows and no partition advances, though none is paused.',
  ),
  consumerTopicsUnavailable: gauge(
    'consumer_topics_unavailable',
    'Topics that do not exist or that the broker refuses; other topics are consumed.',
  ),
  consumerPartitionsFailing: gauge(
    'consumer_partitions_failing',
    'Partitions whose records cannot be fetched or parsed; other partitions are consumed.',
  ),
  consumerBatchAttempts: gauge('consumer_batch_attempts', 'Failed attempts of the current batch; 0 without a failure.'),
  consumerRecordsLost: counter(
    'consumer_records_lost_total',
    'Maximum number of records deleted from their topic (retention, deletion) before this group consumed them.',
  ),
  consumerRecordsPassedOver: counter(
    'consumer_records_passed_over_total',
    'Records of other systems on a topic that were skipped as configured (passOver).',
    ['topic'],
  ),
  consumerPartitions: gauge('consumer_partitions', 'Partitions assigned to this process.'),
  consumerInFlight: gauge('consumer_in_flight_records', 'Records in processing, not committed yet.'),
  consumerSilence: gauge('consumer_silence_seconds', 'Seconds since the last fetch or heartbeat.'),
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
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  return { registry, httpDuration: httpDuration(makeCounts(registry)) };
}
