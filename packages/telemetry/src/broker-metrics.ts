import { type MakeCounter, type MakeGauge, type MakeHistogram, SHORT_SECONDS, SIZES } from './metrics-registry.js';

/** The metrics of the outbox and its relay. */
export const outboxMetrics = (counter: MakeCounter, gauge: MakeGauge, histogram: MakeHistogram) => ({
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

/** The metrics of the consumer. */
export const consumerMetrics = (gauge: MakeGauge, counter: MakeCounter) => ({
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
  consumerRecordsSkipped: counter(
    'consumer_records_skipped_total',
    'Records of other systems on a topic that were skipped as configured.',
    ['topic'],
  ),
  consumerPartitions: gauge('consumer_partitions', 'Partitions assigned to this process.'),
  consumerInFlight: gauge('consumer_in_flight_records', 'Records in processing, not committed yet.'),
  consumerLastActivityAge: gauge('consumer_last_activity_age_seconds', 'Seconds since the last fetch or heartbeat.'),
});
