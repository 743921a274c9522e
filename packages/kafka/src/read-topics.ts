import { randomUUID } from 'node:crypto';
import { type Connection, clientOf } from './client.js';
import { incoming } from './incoming.js';
import type { IncomingRecord } from './record.js';

/** Offsets by `topic/partition`, 64-bit numbers. */
export type Offsets = ReadonlyMap<string, bigint>;

/** Which records to read: all that stand on these topics when the reading begins, or a part of them. */
export interface TopicsToRead extends Connection {
  readonly topics: readonly string[];
  /** The first to be read; of a partition that is not named, from its beginning. */
  readonly from?: Offsets;
  /** The first not to be read; of a partition that is not named, none. Without it: all that there are. */
  readonly to?: Offsets;
}

/**
 * Reads every record that stands on the topics now, or from one offset to another, and takes no part in any group's work.
 * For audits; `onRecord` is called once a record, in the order of each partition. Resolves with how many there were, rejects
 * when `onRecord` throws, or something on the topics cannot be read.
 */
export async function readTopics(wanted: TopicsToRead, onRecord: (record: IncomingRecord) => void): Promise<number> {
  const unreadable = new AbortController();
  const kafka = clientOf(wanted, {
    metadata: () => {},
    fetch: (_, answers) => {
      for (const answer of answers) if (answer.unreadable) unreadable.abort(answer.unreadable);
    },
  });
  const admin = kafka.admin();
  const groupId = `${wanted.clientId}.read.${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  await admin.connect();
  try {
    const all = await partitionsOf(admin, wanted);
    const partitions = new Map([...all].filter(([, { next, end }]) => next < end));
    if (partitions.size === 0) return 0;
    await consumer.connect();
    await consumer.subscribe({ topics: [...wanted.topics], fromBeginning: true });
    let count = 0;
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      unreadable.signal.addEventListener('abort', () => reject(unreadable.signal.reason));
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
        .then(() => wanted.from && startAt(consumer, all))
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
type Consumer = ReturnType<ReturnType<typeof clientOf>['consumer']>;

type Partitions = Map<string, { next: bigint; end: bigint }>;

/** What is to be read of each partition; where that is nothing, its `next` is not below its `end`. */
async function partitionsOf(admin: Admin, { topics, from, to }: TopicsToRead): Promise<Partitions> {
  const partitions: Partitions = new Map();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const place = `${topic}/${partition}`;
      const next = greater(BigInt(low), from?.get(place) ?? 0n);
      const end = to ? lesser(BigInt(high), to.get(place) ?? 0n) : BigInt(high);
      partitions.set(place, { next, end });
    }
  }
  return partitions;
}

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Goes there once the consumer runs: also where nothing is to be read, which would be read from its beginning else. */
function startAt(consumer: Consumer, partitions: Partitions): void {
  for (const [place, { next }] of partitions) {
    const [, topic = '', partition = ''] = /^(.*)\/(\d+)$/.exec(place) ?? [];
    consumer.seek({ topic, partition: Number(partition), offset: String(next) });
  }
}
