import { ByteWriter } from './byte-writer.js';
import type { TextMessage } from './text-message.js';
import { writeBatch } from './write-batch.js';

/** The parameters of kafkajs for a produce request. */
export interface ProduceOptions {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly compression?: number;
  readonly producerId: string | number;
  readonly producerEpoch: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly TextMessage[];
    }[];
  }[];
}

const FRAME_BYTES = 64;
/**
 * Usual size of a record in addition to its payload: mostly headers. If it is too small the buffer grows, at the cost of a copy.
 */
const USUAL_HEADER_BYTES = 600;
/** The length of a missing text. */
const NO_TRANSACTION = -1;

/** The body of a produce request of version 3 to 7, in one buffer. */
export function writeProduce(options: ProduceOptions, now = Date.now()): ByteWriter {
  const to = new ByteWriter(expectedBytes(options));
  to.int16(NO_TRANSACTION);
  to.int16(options.acks);
  to.int32(options.timeout);
  to.int32(options.topicData.length);
  for (const { topic, partitions } of options.topicData) {
    to.int16Text(topic);
    to.reserve(FRAME_BYTES);
    to.int32(partitions.length);
    for (const { partition, firstSequence, messages } of partitions) {
      to.reserve(FRAME_BYTES);
      to.int32(partition);
      const sizeAt = to.at;
      to.int32(0);
      const producerId = BigInt(options.producerId);
      writeBatch(to, messages, { producerId, producerEpoch: options.producerEpoch, firstSequence }, now);
      to.bytes.writeInt32BE(to.at - sizeAt - 4, sizeAt);
    }
  }
  return to;
}

function expectedBytes({ topicData }: ProduceOptions): number {
  let bytes = FRAME_BYTES;
  for (const { partitions } of topicData) {
    for (const { messages } of partitions) {
      bytes += 2 * FRAME_BYTES;
      for (const { value } of messages) bytes += value.length + USUAL_HEADER_BYTES;
    }
  }
  return bytes;
}
