/// <reference path="../kafkajs-inside.d.ts" />
import type { KafkaMessage } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeMessages from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
import { ByteReader } from './byte-reader.js';
import type { FetchedRecord } from './fetched-record.js';
import { readBatches } from './read-batches.js';

const LENGTH_BYTES = 4;

/** The answer to a fetch of version 11, as kafkajs takes it. */
export async function readFetch(bytes: Buffer) {
  const from = new ByteReader(bytes);
  const clientSideThrottleTime = from.int32();
  const errorCode = from.int16();
  const sessionId = from.int32();
  const responses = [];
  for (let topics = from.int32(); topics > 0; topics--) {
    const topicName = from.int16Text();
    const partitions = [];
    for (let left = from.int32(); left > 0; left--) partitions.push(await readPartition(from, topicName));
    responses.push({ topicName, partitions });
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

async function readPartition(from: ByteReader, topic: string) {
  const facts = {
    partition: from.int32(),
    errorCode: from.int16(),
    highWatermark: String(from.int64()),
    lastStableOffset: String(from.int64()),
    lastStartOffset: String(from.int64()),
    abortedTransactions: from.array(() => ({ producerId: String(from.int64()), firstOffset: String(from.int64()) })),
    preferredReadReplica: from.int32(),
  };
  const start = from.at;
  const end = start + LENGTH_BYTES + Math.max(0, from.int32());
  from.at = end;
  return { ...facts, messages: await messagesOf(topic, facts.partition, from.bytes.subarray(start, end)) };
}

async function messagesOf(topic: string, partition: number, sized: Buffer): Promise<(FetchedRecord | KafkaMessage)[]> {
  return readBatches(topic, partition, sized.subarray(LENGTH_BYTES)) ?? decodeMessages(new Decoder(sized));
}
