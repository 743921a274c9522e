export type { OutboxRecord, Tx } from './append.js';
export { append, appendedIn, appending, type OutboxRow, SHARDS, shardOf } from './append.js';
export { AuditDead1764000000020 } from './audit-dead.js';
export type { BlockedTopic } from './blocked-topics.js';
export { CreateOutbox1764000000000, outboxMigrations } from './create-outbox.js';
export {
  type DeadRow,
  deadCount,
  discardDead,
  listDead,
  purgeDecisions,
  redriveDead,
  StillUnreadable,
  showDead,
} from './dead-rows.js';
export { HoldBack1764000000040 } from './hold-back.js';
export { LineOutbox1764000000030 } from './line-outbox.js';
export type { Migration, StatementRunner } from './migrate.js';
export { migrate } from './migrate.js';
export { recordsOf, UnreadableRow } from './outbox-row.js';
export { PackOutbox1764000000010 } from './pack-outbox.js';
export { pending, type WaitingRead } from './queue.js';
export { Relay } from './relay.js';
export type { RelayHealth } from './relay-health.js';
export {
  RELAY_BACKOFF_BASE_MS,
  RELAY_BACKOFF_CAP_MS,
  RELAY_BATCH_BYTES,
  RELAY_BATCH_RECORDS,
  RELAY_MEMORY_CHARACTERS,
  RELAY_POLL_INTERVAL_MS,
  RELAY_REMOVE_WITHIN_MS,
  RELAY_SEND_TIMEOUT_MS,
  RELAY_SHARING_INTERVAL_MS,
  RELAY_STALLED_AFTER_MS,
  RELAY_STATEMENT_TIMEOUT_MS,
  type RelayLimits,
  type RelayLog,
  type RelayObserver,
  type RelayOptions,
} from './relay-options.js';
export { type RelayRank, relayRank, unrelayedSchemas } from './shard-locks.js';
export { WaitingRows1764000000050 } from './waiting-rows.js';
