import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { IncomingRecord } from './record.js';
import { FetchedRecord } from './records/fetched-record.js';

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
