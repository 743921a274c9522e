import type { Client, Pool } from 'pg';
import type { OutboxRecord } from './record.js';

/** How many records a relay takes and sends at once; a row of the outbox that holds more goes alone. */
export const RELAY_BATCH_RECORDS = 1_000;
/** How much text a relay takes and sends at once, in bytes; a row of the outbox that has more goes alone. */
export const RELAY_BATCH_BYTES = 8_000_000;
/**
 * How much of what was committed is kept in memory until it is sent, in characters of topics, keys, headers and payloads: some 8 MB of heap, twice
 * that where a text has characters outside Latin-1. What is beyond is read from the table.
 */
export const RELAY_MEMORY_CHARACTERS = 8_000_000;
/** How often a relay looks that nobody wakes. */
export const RELAY_POLL_INTERVAL_MS = 500;
/** How long a row may stay after it was sent, where no look for the next takes it away before: at a few commits a second one nearly always does. */
export const RELAY_REMOVE_WITHIN_MS = 100;
/** How often a relay looks how many others there are, and takes or leaves shards accordingly. */
export const RELAY_SHARING_INTERVAL_MS = 1_000;
/** First pause after a failure; it doubles with each further one. */
export const RELAY_BACKOFF_BASE_MS = 100;
/** Longest pause after failures: so long after an outage the relay may still sleep. */
export const RELAY_BACKOFF_CAP_MS = 5_000;
/** After which the server ends a statement of the relay. */
export const RELAY_STATEMENT_TIMEOUT_MS = 10_000;
/** For so long records may wait without an acknowledgement, or a topic refuse its records, before the relay says that it is not well. */
export const RELAY_STALLED_AFTER_MS = 60_000;
/** How long one send may take; then the relay begins anew on a new connection. */
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

/** Where a relay writes what it sees; a pino logger fits. */
export interface RelayLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a relay tells those who count. */
export interface RelayObserver {
  /** Acknowledged by the broker; rows: of the records. */
  sent?(batch: { readonly rows: number; readonly seconds: number }): void;
  /** Not acknowledged, or the database was away; tried again. */
  failed?(error: unknown): void;
  /** Records that never can be sent, or rows that cannot be read, moved to `outbox_dead`. */
  deadLettered?(rows: number): void;
}

/** What a relay works with. */
export interface RelayOptions {
  /** Says where the database is. The relay opens one connection of its own beside the pool's. */
  readonly pool: Pool;
  /** Opens that connection, where it is not one to PostgreSQL (the simulation has it in memory); `lost`: to be called when it ends. */
  readonly connect?: (lost: () => void) => Promise<Client>;
  /**
   * Sends records in order; resolves when the broker has acknowledged all, rejects when any may be missing. An error of the name
   * `OutboxDeadLetters` with `indexes` says that those never can be sent and that all others were acknowledged; one of the name
   * `RefusedTopics` with `indexes` and `topics` (why, by topic) that these were not sent, since their topics take none for now.
   */
  readonly send: (records: readonly OutboxRecord[]) => Promise<void>;
  readonly log: RelayLog;
  readonly limits?: Partial<RelayLimits>;
  readonly observe?: RelayObserver;
}
