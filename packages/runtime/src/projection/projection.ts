import type { Tx } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';

/** A read model instead of steps: the service consumes whole topics and stores their records. It emits nothing. */
export interface Projection {
  readonly topics: readonly string[];
  /** Maximum records per transaction; default: `BATCH_MAX_INPUTS`. */
  readonly maxBatchRecords?: number;
  /**
   * Minimum interval of transactions in ms: records that arrive in that time share the next one, so that a saga with a burst of
   * events is written once. The first records after an idle time are written at once, and a lagging consumer never pauses.
   */
  readonly pauseMs?: number;
  /**
   * Returns the consumer group; polled. When the result changes, the service leaves one group and joins the other. A new group
   * reads from the first retained record, so the read model is rebuilt. Default: the service's own group.
   */
  readonly group?: (tx: Tx) => Promise<string>;
  /**
   * Writes a batch of records; they count as consumed after the commit. The same records may be delivered again, and records of two
   * topics come in any order.
   */
  readonly onRecords: (tx: Tx, records: readonly IncomingRecord[]) => Promise<void>;
  /** Stores a record that the database rejects, so that the others continue. */
  readonly onRefused: (tx: Tx, record: IncomingRecord, cause: string) => Promise<void>;
}

/** Observer of applied records, for metrics. */
export interface ReadObserver {
  applied(records: number, seconds: number): void;
  readonly conflict: (error: unknown) => void;
}
