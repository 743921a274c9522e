export type { Connection } from './client.js';
export { ceTypeOf, decodeCloudEvent, encodeCloudEvent } from './cloud-event.js';
export type { Log } from './log.js';
export { partitionOf } from './murmur2.js';
export { EventProducer, UnsendableRecords } from './producer.js';
export { type IncomingRecord, MAX_MESSAGE_BYTES, type OutgoingRecord } from './record.js';
export { MAX_RECORDS_PER_SEND } from './split.js';
export { createTopics, type TopicsWanted } from './topics.js';
export { KafkaUnreachable } from './unreachable.js';
