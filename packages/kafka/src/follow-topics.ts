import { randomUUID } from 'node:crypto';
import { type Connection, clientOf } from './client.js';
import type { Offsets } from './read-topics.js';
import type { IncomingRecord } from './record.js';
import { incoming } from './records/fetched-record.js';

/** A broker answers at the latest after this time, with or without records. */
const MAX_WAIT_MS = 500;

/** The topics to follow, and the start on each partition. */
export interface TopicsToFollow extends Connection {
  readonly topics: readonly string[];
  /** The first offset, by `topic/partition`. */
  readonly from: Offsets;
  /** The number of latest records to begin with, on a partition without an entry in `from`. */
  readonly latest: number;
  /** Called once if the connection is lost; nothing is read any more. */
  readonly onEnd: (error: Error) => void;
}

/** A running read of topics. */
export interface FollowedTopics {
  stop(): Promise<void>;
}

/**
 * Reads the latest records of the topics, and then every new one, until it is stopped. It shares its group with no other reader,
 * and commits nothing. `onRecord` is called once per record, in the order of each partition, and must not throw. Unreadable
 * batches are skipped. Rejects if Kafka cannot be reached, or a topic does not exist.
 */
export async function followTopics(
  wanted: TopicsToFollow,
  onRecord: (record: IncomingRecord) => void,
): Promise<FollowedTopics> {
  const { topics } = wanted;
  let next = new Map<string, bigint>();
  let skip: (topic: string, partition: number, offset: bigint) => void = () => {};
  const kafka = clientOf(wanted, {
    metadata: () => {},
    fetch: (_, answers) => {
      for (const { unreadable } of answers) {
        // A batch of unknown length has at least one record.
        if (unreadable) {
          skip(unreadable.topic, unreadable.partition, BigInt(unreadable.next ?? BigInt(unreadable.offset) + 1n));
        }
      }
    },
  });
  const admin = kafka.admin();
  const groupId = `${wanted.clientId}.follow.${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: MAX_WAIT_MS, allowAutoTopicCreation: false });
  const stop = async (): Promise<void> => {
    await consumer.disconnect().catch(() => {});
    await admin.deleteGroups([groupId]).catch(() => {});
    await admin.disconnect().catch(() => {});
  };
  const seek = (place: string, offset: bigint): void => {
    const [, topic = '', partition = ''] = /^(.*)\/(\d+)$/.exec(place) ?? [];
    next.set(place, offset);
    consumer.seek({ topic, partition: Number(partition), offset: String(offset) });
  };
  skip = (topic, partition, offset) => {
    const place = `${topic}/${partition}`;
    if (offset > (next.get(place) ?? 0n)) seek(place, offset);
  };
  try {
    await admin.connect();
    next = await startOf(admin, wanted);
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    // Without committed offsets, each join starts at the beginning.
    consumer.on('consumer.group_join', () => {
      for (const [place, offset] of next) seek(place, offset);
    });
    let ended = false;
    consumer.on('consumer.crash', ({ payload: { error } }) => {
      if (ended) return;
      ended = true;
      void stop().then(() => wanted.onEnd(error));
    });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { topic, partition, messages } }) => {
        for (const message of messages) {
          const place = `${topic}/${partition}`;
          const offset = BigInt(message.offset);
          if (offset < (next.get(place) ?? 0n)) continue;
          next.set(place, offset + 1n);
          onRecord(incoming(topic, partition, message));
        }
      },
    });
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startOf(
  admin: ReturnType<ReturnType<typeof clientOf>['admin']>,
  { topics, from, latest }: TopicsToFollow,
): Promise<Map<string, bigint>> {
  const start = new Map<string, bigint>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const place = `${topic}/${partition}`;
      const begin = BigInt(high) - BigInt(latest);
      const least = BigInt(low);
      start.set(place, from.get(place) ?? (begin > least ? begin : least));
    }
  }
  return start;
}
