import { randomUUID } from 'node:crypto';
import { type Connection, clientOf } from './client.js';
import { incoming } from './incoming.js';
import type { IncomingRecord } from './record.js';
import type { UnreadableBatch } from './records/unreadable-batch.js';

/** So often it is looked whether what is still to be read is still there. */
const LOOK_EVERY_MS = 1_000;
/** A partition that gives nothing for so long, although there is something, never will. */
const MOVES_WITHIN_MS = 60_000;

/** Offsets by `topic/partition`, 64-bit numbers. */
export type Offsets = ReadonlyMap<string, bigint>;

/** Which records to read: all that stand on these topics when the reading begins, or a part of them. */
export interface TopicsToRead extends Connection {
  readonly topics: readonly string[];
  /** The first to be read; of a partition that is not named, from its beginning. */
  readonly from?: Offsets;
  /** The first not to be read; of a partition that is not named, none. Without it: all that there are. */
  readonly to?: Offsets;
  /**
   * Told of a batch that cannot be read, which is passed over then; where nobody knows how long it is, the rest of its partition is.
   * Without it the reading fails.
   */
  readonly onUnreadable?: (batch: UnreadableBatch) => void;
}

/**
 * Reads every record that stands on the topics now, or from one offset to another, and takes no part in any group's work.
 * For audits; `onRecord` is called once a record, in the order of each partition. Resolves with how many there were: fewer
 * than there are offsets where some were removed meanwhile. Rejects when `onRecord` throws, something on the topics cannot be read and
 * nobody wants to be told, or a partition stands still.
 */
export async function readTopics(wanted: TopicsToRead, onRecord: (record: IncomingRecord) => void): Promise<number> {
  let passOver: (batch: UnreadableBatch) => void = () => {};
  const kafka = clientOf(wanted, {
    metadata: () => {},
    fetch: (_, answers) => {
      for (const answer of answers) if (answer.unreadable) passOver(answer.unreadable);
    },
  });
  const admin = kafka.admin();
  const groupId = `${wanted.clientId}.read.${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  const partitions: Partitions = new Map();
  let watching: NodeJS.Timeout | undefined;
  await admin.connect();
  try {
    const all = await partitionsOf(admin, wanted);
    for (const [place, partition] of all) if (partition.next < partition.end) partitions.set(place, partition);
    if (partitions.size === 0) return 0;
    await consumer.connect();
    await consumer.subscribe({ topics: [...wanted.topics], fromBeginning: true });
    let count = 0;
    let movedAt = Date.now();
    await new Promise<void>((resolve, reject) => {
      const goOn = (place: string, next: bigint) => {
        const partition = partitions.get(place);
        if (!partition) return;
        if (next > partition.next) movedAt = Date.now();
        partition.next = greater(partition.next, next);
        if (partition.next >= partition.end) partitions.delete(place);
        if (partitions.size === 0) resolve();
      };
      consumer.on('consumer.crash', ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      passOver = (batch) => {
        const { topic, partition: number } = batch;
        const place = `${topic}/${number}`;
        const partition = partitions.get(place);
        // What lies before what is wanted was asked for before the consumer went there.
        if (partition && BigInt(batch.next ?? batch.offset) >= partition.next + (batch.next ? 1n : 0n)) {
          if (BigInt(batch.offset) < partition.end) {
            if (!wanted.onUnreadable) return reject(batch);
            wanted.onUnreadable(batch);
          }
          goOn(place, batch.next === undefined ? partition.end : BigInt(batch.next));
        }
        if (!partitions.has(place)) consumer.pause([{ topic, partitions: [number] }]);
        else consumer.seek({ topic, partition: number, offset: String(partition!.next) });
      };
      const take = (place: string, record: IncomingRecord) => {
        const partition = partitions.get(place);
        const offset = BigInt(record.offset);
        // After a restart of the consumer records come again; they are told once.
        if (!partition || offset < partition.next) return;
        if (offset < partition.end) {
          onRecord(record);
          count++;
        }
        goOn(place, offset + 1n);
      };
      // Marks of transactions and what was compacted away are no records, and may be the last there is.
      consumer.on('consumer.end_batch_process', ({ payload: { topic, partition, lastOffset } }) =>
        goOn(`${topic}/${partition}`, BigInt(lastOffset ?? -1) + 1n),
      );
      const watch = () => {
        watching = setTimeout(async () => {
          try {
            for (const [place, next] of await stillThere(admin, wanted, partitions)) goOn(place, next);
            if (Date.now() > movedAt + MOVES_WITHIN_MS) throw new Error(standsStill(partitions));
            if (partitions.size > 0) watch();
          } catch (error) {
            reject(error);
          }
        }, LOOK_EVERY_MS);
      };
      watch();
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch: { topic, partition, messages } }) => {
            try {
              for (const message of messages) take(`${topic}/${partition}`, incoming(topic, partition, message));
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
    partitions.clear();
    clearTimeout(watching);
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

const standsStill = (partitions: Partitions): string =>
  `Nothing comes of ${[...partitions].map(([place, { next, end }]) => `${place} from ${next} to ${end}`).join(', ')}.`;

/** Where to go on where records were removed while they were to be read: retention, an operator, a topic that was made anew. */
async function stillThere(
  admin: Admin,
  { topics }: TopicsToRead,
  partitions: Partitions,
): Promise<Map<string, bigint>> {
  const next = new Map<string, bigint>();
  for (const topic of topics.filter((name) => [...partitions.keys()].some((place) => place.startsWith(`${name}/`)))) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const place = `${topic}/${partition}`;
      const end = partitions.get(place)?.end;
      if (end !== undefined) next.set(place, BigInt(high) < end ? end : BigInt(low));
    }
  }
  return next;
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
