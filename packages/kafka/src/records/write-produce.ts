import { ByteWriter } from './byte-writer.js';
import type { PlainMessage } from './plain-message.js';
import { writeBatch } from './write-batch.js';

/** What kafkajs asks a broker to take. */
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
      readonly messages: readonly PlainMessage[];
    }[];
  }[];
}

const FRAME_BYTES = 64;
/** The length of a text that is not there. */
const NO_TRANSACTION = -1;

/** The body of a produce request of version 3 to 7, in one buffer. */
export function writeProduce(options: ProduceOptions, now = Date.now()): ByteWriter {
  const to = new ByteWriter();
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
