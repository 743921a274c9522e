export { append } from './append.js';
export { CreateOutbox1764000000000, outboxMigrations } from './create-outbox.js';
export { pending } from './pending.js';
export type { OutboxRecord } from './record.js';
export { SHARDS, shardOf } from './shard.js';
