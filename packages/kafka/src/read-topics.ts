import { randomUUID } from 'node:crypto';
import { type Connection, clientOf } from './client.js';
import type { IncomingRecord } from './record.js';
import { incoming } from './records/fetched-record.js';
import type { UnreadableBatch } from './records/unreadable-batch.js';

/** Interval of the check whether the remaining records still exist. */
const LOOK_EVERY_MS = 1_000;
/** A partition without progress for this time, although it has records, counts as failed. */
const MOVES_WITHIN_MS = 60_000;

/** Offsets by `topic/partition`, 64-bit numbers. */
export type Offsets = ReadonlyMap<string, bigint>;

/** The records to read: all on these topics at the start, or a part of them. */
export interface TopicsToRead extends Connection {
  readonly topics: readonly string[];
  /** The first offset; a partition without an entry is read from its beginning. */
  readonly from?: Offsets;
  /** The end offset (exclusive); a partition without an entry is not read. Without it: all records. */
  readonly to?: Offsets;
  /**
   * Called for an unreadable batch, which is then skipped; if its length is unknown, the rest of its partition is skipped.
   * Without it the read fails.
   */
  readonly onUnreadable?: (batch: UnreadableBatch) => void;
}

/**
 * Reads every record that is on the topics now, or between given offsets, without joining a group. For audits; `onRecord` is
 * called once per record, in the order of each partition. Resolves with the number of records: fewer than offsets if some were
 * removed during the read. Rejects if `onRecord` throws, a batch is unreadable without `onUnreadable`, or a partition makes no
 * progress.
 */
export async function readTopics(wanted: TopicsToRead, onRecord: (record: IncomingRecord) => void): Promise<number> {
  let skip: (batch: UnreadableBatch) => void = () => {};
  const kafka = clientOf(wanted, {
    metadata: () => {},
    fetch: (_, answers) => {
      for (const answer of answers) if (answer.unreadable) skip(answer.unreadable);
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
      skip = (batch) => {
        const { topic, partition: number } = batch;
        const place = `${topic}/${number}`;
        const partition = partitions.get(place);
        // Batches before the requested offset were fetched before the consumer seeked.
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
        // After a restart of the consumer records are redelivered; each is reported once.
        if (!partition || offset < partition.next) return;
        if (offset < partition.end) {
          onRecord(record);
          count++;
        }
        goOn(place, offset + 1n);
      };
      // Transaction markers and compacted offsets are no records, and may be the last ones.
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

/** The range of each partition; for an empty one, `next` is not below `end`. */
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
  `No records arrive from ${[...partitions].map(([place, { next, end }]) => `${place} from ${next} to ${end}`).join(', ')}.`;

/** The next offset after a removal of records: by retention, an operator, or a recreated topic. */
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

/** Seeks once the consumer runs: also empty ranges, which would otherwise be read from their beginning. */
function startAt(consumer: Consumer, partitions: Partitions): void {
  for (const [place, { next }] of partitions) {
    const [, topic = '', partition = ''] = /^(.*)\/(\d+)$/.exec(place) ?? [];
    consumer.seek({ topic, partition: Number(partition), offset: String(next) });
  }
}
