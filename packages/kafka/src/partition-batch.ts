import type { EachBatchPayload } from 'kafkajs';
import type { PartitionBatch } from './batch-assembler.js';
import { incoming } from './incoming.js';

/** What a member knows about a batch that kafkajs does not. */
interface View {
  /** False once the group was joined again: kafkajs then has no place for these offsets any more. */
  isCurrent(): boolean;
  /** The topic is held, or the group waits for this member. */
  isHeldUp(): boolean;
  /** The records of the partition up to and with this offset are kept. */
  advance(partition: number, offset: string): void;
}

/**
 * A batch of kafkajs as the gatherer takes it. Offsets are resolved once the records are kept, and only while the partition is still
 * ours: an unresolved offset is fetched again (tulios/kafkajs#679), a foreign one is none of our business (#1156).
 */
export function partitionBatchOf(
  { batch, isRunning, isStale, resolveOffset }: EachBatchPayload,
  view: View,
): PartitionBatch {
  const { topic, partition } = batch;
  const lastMessage = batch.messages.at(-1)?.offset;
  return {
    records: batch.messages.map((message) => incoming(topic, partition, message)),
    isWanted: () => isRunning() && !isStale() && view.isCurrent() && !view.isHeldUp(),
    markProcessed({ offset }) {
      if (isStale() || !view.isCurrent()) return;
      resolveOffset(offset);
      // What follows the last message in a batch (a transaction's marker) is nothing to wait for.
      view.advance(partition, offset === lastMessage ? batch.lastOffset() : offset);
    },
  };
}
