import type { EachBatchPayload, IHeaders, KafkaMessage } from 'kafkajs';
import type { PartitionBatch } from './batch-assembler.js';
import type { IncomingRecord } from './record.js';
import { FetchedRecord } from './records/fetched-record.js';

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

/**
 * Converts a message to a record; our own already are records. Of a kafkajs message, bytes are decoded as UTF-8, and of a
 * repeated header the first counts.
 */
export const incoming = (topic: string, partition: number, message: KafkaMessage | FetchedRecord): IncomingRecord =>
  message instanceof FetchedRecord ? message : read(topic, partition, message);

const read = (topic: string, partition: number, message: KafkaMessage): IncomingRecord => ({
  topic,
  partition,
  offset: message.offset,
  key: message.key?.toString() ?? null,
  headers: headersOf(message.headers),
  value: message.value?.toString() ?? null,
  timestamp: message.timestamp,
});

function headersOf(headers: IHeaders | undefined): Record<string, string> {
  const read: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined && first !== null) read[name] = first.toString();
  }
  return read;
}

/** Sends heartbeats while work takes longer than the session timeout (tulios/kafkajs#691, #375). */
export class Heartbeat {
  #working = 0;
  #timer: NodeJS.Timeout | undefined;
  #beat: () => Promise<void> = async () => {};

  constructor(
    private readonly everyMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Sends heartbeats until the work is done. */
  async during(beat: () => Promise<void>, work: Promise<void>): Promise<void> {
    this.#beat = beat;
    this.#working++;
    this.#timer ??= setInterval(() => this.#beat().catch(this.onError), this.everyMs);
    try {
      await work;
    } finally {
      if (--this.#working === 0) this.stop();
    }
  }

  /** The work is abandoned, so that the group does not wait for this member. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
