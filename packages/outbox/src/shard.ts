/**
 * Into how many parts the outbox is divided by key; a shard is sent by one relay at a time. More relays than shards stand by.
 * Changing it while rows wait lets rows of one key overtake each other: empty the outbox first.
 */
export const SHARDS = 16;

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The shard of a key: FNV-1a, so that it is the same in every process and after every database upgrade. */
export function shardOf(key: string): number {
  let hash = FNV_OFFSET_BASIS;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), FNV_PRIME);
  return (hash >>> 0) % SHARDS;
}
