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
 * For audits and rebuilding; `onRecord` is called in the order of each partition. Resolves with how many there were.
 */
export async function readTopics(wanted: TopicsToRead, onRecord: (record: IncomingRecord) => void): Promise<number> {
  const kafka = clientOf(wanted);
  const admin = kafka.admin();
  const groupId = `${wanted.clientId}.read.${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  await admin.connect();
  try {
    const ends = await endsOf(admin, wanted.topics);
    if (ends.size === 0) return 0;
    await consumer.connect();
    await consumer.subscribe({ topics: [...wanted.topics], fromBeginning: true });
    let count = 0;
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      const reachedAll = () => ends.size === 0 && resolve();
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch: { topic, partition, messages } }) => {
            const place = `${topic}/${partition}`;
            const end = ends.get(place);
            for (const message of messages) {
              if (end === undefined || BigInt(message.offset) >= end) break;
              onRecord(incoming(topic, partition, message));
              count++;
            }
            const last = messages.at(-1);
            if (end !== undefined && last && BigInt(last.offset) + 1n >= end) ends.delete(place);
            reachedAll();
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

/** The offset after the last record of each partition that has any. */
async function endsOf(admin: Admin, topics: readonly string[]): Promise<Map<string, bigint>> {
  const ends = new Map<string, bigint>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
    }
  }
  return ends;
}
