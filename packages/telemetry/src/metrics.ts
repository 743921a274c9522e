import { Counter, Gauge, Histogram, type Metric, Registry } from 'prom-client';
import { BucketCounts } from './bucket-counts.js';

/** From a step that commits at once to a saga that waited for an outage, in seconds. */
const LONG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];
const SHORT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000];

/** All a service counts and measures. Every metric of ours is declared here and nowhere else: docs/generated/metrics.md is made of it. */
export type ServiceMetrics = ReturnType<typeof declareMetrics>;

/** Declares the metrics of a service in a registry of its own. Whoever has something to tell finds its metric by its field. */
export function declareMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `quadrille_${name}`, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, labelNames: string[] = []) => {
    const metric = new Gauge({ name: `quadrille_${name}`, help, labelNames, registers: [registry] });
    // What a service does not have is absent, not 0.
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
    'Inputs of steps that were committed. outcome: the event said, nothing, refused, failed, or parked (tried again later).',
    ['step', 'kind', 'outcome'],
  ),
  stepDuration: counts(
    'step_duration_seconds',
    'The phase of a step: from the moment the event it hears was said to its own commit.',
    ['step'],
    LONG_SECONDS,
  ),
  compensations: counter('compensations_total', 'What was undone: events said by steps that undo another.', ['step']),
  sagaDuration: counts(
    'saga_duration_seconds',
    'Of sagas that ended, by ending, from the caller’s request to the event that ends it. Told by the service that ends them.',
    ['ending'],
    LONG_SECONDS,
  ),
  sagasActive: gauge('sagas_active', 'Sagas that have begun and not ended, by state.', ['state']),
  sagaOldestAge: gauge(
    'saga_oldest_active_age_seconds',
    'The age of the oldest saga that has not ended; 0 without one.',
  ),
});

const batchMetrics = (counter: MakeCounter, gauge: MakeGauge, histogram: MakeHistogram) => ({
  batchInputs: histogram('batch_inputs', 'How many inputs shared a transaction.', SIZES),
  batchDuration: histogram(
    'batch_duration_seconds',
    'Of a batch, with asking the outside world and repetitions.',
    SHORT_SECONDS,
  ),
  conflicts: counter(
    'transaction_conflicts_total',
    'Transactions that were run again because another was in the way. kind: deadlock, serialization, or conflict (two writers of one aggregate).',
    ['kind'],
  ),
  duplicates: counter('inbox_duplicates_total', 'Messages that had been taken before, and were recognised.', ['step']),
  commandsWaiting: gauge('commands_waiting', 'Commands that wait for their transaction.'),
  commandsWaitingBytes: gauge('commands_waiting_bytes', 'The bytes of the bodies of commands that wait.'),
  commandsRefused: counter(
    'commands_refused_total',
    'Commands that were answered 503 before any work for them began. reason: commands, bytes or age (of those that wait), sagas (too far behind), database (away).',
    ['reason'],
  ),
  sagaExpectedWait: gauge(
    'saga_expected_wait_seconds',
    'How long a new saga is expected to take: those that are open by those that end in a second; 0 while few are open.',
  ),
  parked: gauge(
    'parked_messages',
    'Messages that could not be taken. state: retrying, queued (behind another of their key), or dead (an operator is needed).',
    ['step', 'kind', 'state'],
  ),
});

const outboxMetrics = (counter: MakeCounter, gauge: MakeGauge, histogram: MakeHistogram) => ({
  outboxPending: gauge('outbox_pending', 'Records that were committed and wait to be sent.'),
  outboxOldestAge: gauge(
    'outbox_oldest_age_seconds',
    'How long the oldest record has waited to be sent; 0 without one.',
  ),
  outboxDead: gauge('outbox_dead', 'Records that never can be sent; see the table outbox_dead.'),
  outboxSent: counter('outbox_sent_total', 'Records the broker has acknowledged.'),
  outboxFailures: counter(
    'outbox_send_failures_total',
    'Batches that were not acknowledged, and looks at the outbox that failed; tried again.',
  ),
  outboxBatchRows: histogram(
    'outbox_batch_rows',
    'How many records were sent at once; its count is the number of batches.',
    SIZES,
  ),
  outboxSendDuration: histogram(
    'outbox_send_duration_seconds',
    'From handing records over to their acknowledgement.',
    SHORT_SECONDS,
  ),
  outboxSetAside: counter(
    'outbox_set_aside_total',
    'Records that never can be sent and rows that cannot be read, moved to the table outbox_dead.',
  ),
  relayUp: gauge(
    'outbox_relay_up',
    '1 while what waits is sent; 0 once it waits for long, with the cause in /health/ready.',
  ),
  relayBlocked: gauge('outbox_relay_blocked_topics', '1 for each topic that takes no records; they wait.', ['topic']),
  relayPaused: gauge('outbox_relay_paused', '1 while the relay is paused on purpose.'),
  relayShards: gauge('outbox_relay_shards', 'Shards of the outbox that this process sends.'),
});

const consumerMetrics = (gauge: MakeGauge, counter: MakeCounter) => ({
  consumerLag: gauge('consumer_lag_records', 'Records the group has not committed yet.', ['topic', 'partition']),
  consumerUp: gauge('consumer_up', '1 while the consumer is a running member of its group.'),
  consumerWedged: gauge('consumer_wedged', '1 while records pile up and no partition moves, though nothing is held.'),
  consumerTopicsUnavailable: gauge(
    'consumer_topics_unavailable',
    'Topics that are gone or that the broker refuses; the others are read.',
  ),
  consumerPartitionsFailing: gauge(
    'consumer_partitions_failing',
    'Partitions whose records cannot be fetched or read; the others are read.',
  ),
  consumerBatchAttempts: gauge(
    'consumer_batch_attempts',
    'How often the batch under way was handed over and could not be taken. 0 while all is well.',
  ),
  consumerRecordsLost: counter(
    'consumer_records_lost_total',
    'Records that were removed from their topic (retention, deletion) before this group took them; at most.',
  ),
  consumerPartitions: gauge('consumer_partitions', 'Partitions that are assigned to this process.'),
  consumerInFlight: gauge('consumer_in_flight_records', 'Records handed over and not kept yet.'),
  consumerSilence: gauge('consumer_silence_seconds', 'Since the last fetch or heartbeat.'),
});

const resourceMetrics = (gauge: MakeGauge, counts: MakeCounts) => ({
  poolConnections: gauge('database_connections', 'Connections of the pool. state: used or idle.', ['state']),
  poolLimit: gauge('database_connections_limit', 'Connections the pool may open at most.'),
  poolWaiting: gauge('database_waiting', 'Those who wait for a connection of the pool.'),
  circuit: gauge(
    'circuit_breaker_state',
    '1 for the state the circuit to the outside is in: closed, half-open or open.',
    ['outside', 'state'],
  ),
  bulkheadRunning: gauge('bulkhead_running', 'Calls to the outside that run.', ['outside']),
  bulkheadWaiting: gauge('bulkhead_waiting', 'Calls to the outside that wait for their turn.', ['outside']),
  httpDuration: httpDuration(counts),
  sampleUp: gauge(
    'sample_up',
    '1 when the last look at what must be asked for (outbox, parked, sagas, lag) succeeded.',
    ['sample'],
  ),
});

const httpDuration = (counts: MakeCounts) =>
  counts(
    'http_request_duration_seconds',
    'Of HTTP requests, streams of events left out.',
    ['method', 'route', 'status'],
    SHORT_SECONDS,
  );

/** For an application that only answers requests: a registry with the one metric it has. */
export function declareHttpMetrics(service: string): Pick<ServiceMetrics, 'registry' | 'httpDuration'> {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  return { registry, httpDuration: httpDuration(makeCounts(registry)) };
}
