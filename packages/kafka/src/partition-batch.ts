import type { EachBatchPayload } from 'kafkajs';
import type { PartitionBatch } from './batch-assembler.js';
import { incoming } from './incoming.js';

/** The member's state that kafkajs does not have. */
interface View {
  /** False after a rejoin: kafkajs then no longer tracks these offsets. */
  isCurrent(): boolean;
  /** The topic is paused, or the group waits for this member. */
  isHeldUp(): boolean;
  /** The records of the partition up to and including this offset are processed. */
  advance(partition: number, offset: string): void;
}

/**
 * Adapts a kafkajs batch for the assembler. Offsets are resolved once the records are processed, and only while the partition is
 * assigned: an unresolved offset is fetched again (tulios/kafkajs#679), a reassigned one must not be resolved (#1156).
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
      // Offsets behind the last message of a batch (a transaction's marker) need no processing.
      view.advance(partition, offset === lastMessage ? batch.lastOffset() : offset);
    },
  };
}
