import type { Tx } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';

/** In place of steps: a service that hears whole topics and keeps what it hears in a read model. It reacts to nothing and says nothing. */
export interface Projection {
  readonly topics: readonly string[];
  /** Records one transaction takes at most; without it, as many as everywhere (`BATCH_MAX_INPUTS`). */
  readonly maxBatchRecords?: number;
  /**
   * How long one transaction has the way to itself, in milliseconds: what comes in that time shares the next. A saga whose events come
   * together is then written once. The first records after a rest are kept at once, and nobody pauses who lags.
   */
  readonly pauseMs?: number;
  /**
   * The consumer group; asked again and again. When the answer changes, the service leaves one group and joins the other, and a
   * new group reads from the first record that is kept: so a read model is begun anew. Without it: the service's own group.
   */
  readonly group?: (tx: Tx) => Promise<string>;
  /**
   * Keeps a batch of records; they count as read once the transaction has committed. The same records may come again, and the
   * records of two topics come in any order.
   */
  readonly onRecords: (tx: Tx, records: readonly IncomingRecord[]) => Promise<void>;
  /** Keeps a record whose data the database refuses, so that the others go on. */
  readonly onRefused: (tx: Tx, record: IncomingRecord, cause: string) => Promise<void>;
}

/** Who counts what is read. Absent: nobody does. */
export interface ReadObserver {
  applied(records: number, seconds: number): void;
  readonly conflict: (error: unknown) => void;
}
