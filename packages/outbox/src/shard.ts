/**
 * Number of parts into which keys divide the outbox. One relay sends a shard at a time; relays beyond this number are standbys.
 * Change it only with an empty outbox: otherwise rows of one key may overtake each other.
 */
export const SHARDS = 16;

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The shard of a key: FNV-1a, the same in every process and after every database upgrade. */
export function shardOf(key: string): number {
  let hash = FNV_OFFSET_BASIS;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), FNV_PRIME);
  return (hash >>> 0) % SHARDS;
}
