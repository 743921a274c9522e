import type { Client, Pool } from 'pg';
import type { OutboxRecord } from './append.js';

/** Maximum records per send; a larger row of the outbox is sent alone. */
export const RELAY_BATCH_RECORDS = 1_000;
/** Maximum text per send in bytes; a larger row of the outbox is sent alone. */
export const RELAY_BATCH_BYTES = 8_000_000;
/**
 * Maximum size of the record cache, in characters of topics, keys, headers and payloads: about 8 MB of heap, twice that for
 * strings outside Latin-1. Other records are read from the table.
 */
export const RELAY_MEMORY_CHARACTERS = 8_000_000;
/** Poll interval in ms of a relay that is not woken. */
export const RELAY_POLL_INTERVAL_MS = 500;
/**
 * Maximum time in ms between the acknowledgement and the deletion of a row, unless a send takes longer. After a crash, rows that
 * were not deleted are sent again.
 */
export const RELAY_REMOVE_WITHIN_MS = 250;
/** Interval in ms of rebalancing the shards among relays. */
export const RELAY_SHARING_INTERVAL_MS = 1_000;
/** First pause in ms after a failure; it doubles with each further one. */
export const RELAY_BACKOFF_BASE_MS = 100;
/** Maximum pause in ms after failures, and thus the maximum delay after an outage. */
export const RELAY_BACKOFF_CAP_MS = 5_000;
/** Statement timeout of the relay in ms. */
export const RELAY_STATEMENT_TIMEOUT_MS = 10_000;
/** Time in ms without an acknowledgement, or of a blocked topic, after which the relay is unhealthy. */
export const RELAY_STALLED_AFTER_MS = 60_000;
/** Timeout of one send in ms; the relay then reconnects. */
export const RELAY_SEND_TIMEOUT_MS = 60_000;

/** The limits of a relay, each with its constant as default. */
export interface RelayLimits {
  readonly batchRecords: number;
  readonly batchBytes: number;
  readonly memoryCharacters: number;
  readonly pollIntervalMs: number;
  readonly sharingIntervalMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  readonly statementTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly stalledAfterMs: number;
}

export const DEFAULT_LIMITS: RelayLimits = {
  batchRecords: RELAY_BATCH_RECORDS,
  batchBytes: RELAY_BATCH_BYTES,
  memoryCharacters: RELAY_MEMORY_CHARACTERS,
  pollIntervalMs: RELAY_POLL_INTERVAL_MS,
  sharingIntervalMs: RELAY_SHARING_INTERVAL_MS,
  backoffBaseMs: RELAY_BACKOFF_BASE_MS,
  backoffCapMs: RELAY_BACKOFF_CAP_MS,
  statementTimeoutMs: RELAY_STATEMENT_TIMEOUT_MS,
  sendTimeoutMs: RELAY_SEND_TIMEOUT_MS,
  stalledAfterMs: RELAY_STALLED_AFTER_MS,
};

/** The log of a relay, such as a pino logger. */
export interface RelayLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Observer of a relay, for metrics. */
export interface RelayObserver {
  /** Called after an acknowledgement; `rows` counts records. */
  sent?(batch: { readonly rows: number; readonly seconds: number }): void;
  /** Called after a failed send or a database error; both are retried. */
  failed?(error: unknown): void;
  /** Called when unsendable records or unreadable rows were moved to `outbox_dead`. */
  deadLettered?(rows: number): void;
}

/** Options of a relay. */
export interface RelayOptions {
  /** Provides the address of the database. The relay opens one connection of its own outside of the pool. */
  readonly pool: Pool;
  /** Opens that connection if it is not one to PostgreSQL (the simulation has one in memory). Call `lost` when it ends. */
  readonly connect?: (lost: () => void) => Promise<Client>;
  /**
   * Sends records in order. Resolves when the broker has acknowledged all, rejects when any may be missing. An error with the
   * name `UnsendableRecords` and `indexes` means that those can never be sent and all others were acknowledged. An error with the
   * name `RefusedTopics`, `indexes` and `topics` (cause by topic) means that those were not sent because their topics are
   * blocked.
   */
  readonly send: (records: readonly OutboxRecord[]) => Promise<void>;
  readonly log: RelayLog;
  readonly limits?: Partial<RelayLimits>;
  readonly observe?: RelayObserver;
}
