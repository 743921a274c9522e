import { randomUUID } from 'node:crypto';
import { type Connection, clientOf } from './client.js';
import { incoming } from './incoming.js';
import type { IncomingRecord } from './record.js';

/** Which records to read: all that stand on these topics when the reading begins. */
export interface TopicsToRead extends Connection {
  readonly topics: readonly string[];
}

/**
 * Reads every record that stands on the topics now, from the first to the last, and takes no part in any group's work.
 * For audits; `onRecord` is called once a record, in the order of each partition. Resolves with how many there were, rejects
 * when `onRecord` throws.
 */
export async function readTopics(wanted: TopicsToRead, onRecord: (record: IncomingRecord) => void): Promise<number> {
  const kafka = clientOf(wanted);
  const admin = kafka.admin();
  const groupId = `${wanted.clientId}.read.${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  await admin.connect();
  try {
    const partitions = await partitionsOf(admin, wanted.topics);
    if (partitions.size === 0) return 0;
    await consumer.connect();
    await consumer.subscribe({ topics: [...wanted.topics], fromBeginning: true });
    let count = 0;
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      const take = (place: string, record: IncomingRecord) => {
        const partition = partitions.get(place);
        const offset = BigInt(record.offset);
        // After a restart of the consumer records come again; they are told once.
        if (!partition || offset < partition.next) return;
        if (offset < partition.end) {
          onRecord(record);
          count++;
        }
        partition.next = offset + 1n;
        if (partition.next >= partition.end) partitions.delete(place);
      };
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch: { topic, partition, messages } }) => {
            try {
              for (const message of messages) take(`${topic}/${partition}`, incoming(topic, partition, message));
              if (partitions.size === 0) resolve();
            } catch (error) {
              reject(error);
            }
          },
        })
        .catch(reject);
    });
    return count;
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => {});
    await admin.disconnect();
  }
}

type Admin = ReturnType<ReturnType<typeof clientOf>['admin']>;

/** What is to be read of each partition that holds anything. */
async function partitionsOf(
  admin: Admin,
  topics: readonly string[],
): Promise<Map<string, { next: bigint; end: bigint }>> {
  const partitions = new Map<string, { next: bigint; end: bigint }>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const [next, end] = [BigInt(low), BigInt(high)];
      if (end > next) partitions.set(`${topic}/${partition}`, { next, end });
    }
  }
  return partitions;
}
