const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** The 32-bit MurmurHash2 of Kafka's default partitioner; signed, as in Java. */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  const rest = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < rest; i += 4) {
    let k = data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  if (length > rest) {
    if (length - rest > 2) h ^= data[rest + 2]! << 16;
    if (length - rest > 1) h ^= data[rest + 1]! << 8;
    h = Math.imul(h ^ data[rest]!, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

/**
 * The partition of a key, as in Kafka's Java client: the same key has the same partition number in all topics with as many
 * partitions, from any client.
 */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
