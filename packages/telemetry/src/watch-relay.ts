import type { RelayObserver } from '@quadrille/outbox';
import type { ServiceMetrics } from './metrics.js';

/** Counts the records of a relay: two updates per batch, not one per record. */
export const watchRelay = ({
  outboxSent,
  outboxBatchRows,
  outboxSendDuration,
  outboxFailures,
  outboxDeadLettered,
}: ServiceMetrics): RelayObserver => ({
  sent({ rows, seconds }) {
    outboxSent.inc(rows);
    outboxBatchRows.observe(rows);
    outboxSendDuration.observe(seconds);
  },
  failed() {
    outboxFailures.inc();
  },
  deadLettered(rows) {
    outboxDeadLettered.inc(rows);
  },
});
