import { setTimeout as pause } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { type Connection, clientOf } from './client.js';
import { isConnectionError, isRetriable, KafkaUnreachable, protocolErrorOf } from './unreachable.js';
import { withTimeout } from './with-timeout.js';

/** The topics a choreography needs before its services start. */
export interface TopicsWanted extends Connection {
  readonly topics: readonly string[];
  /** Of every topic; the same number everywhere, so that a key has the same partition number in each. */
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** The broker unpacks what others send with a codec that kafkajs does not have, and would crash on (tulios/kafkajs#597, #1141). */
const READABLE = [{ name: 'compression.type', value: 'uncompressed' }];
const READY_WITHIN_MS = 30_000;
const ASK_AGAIN_MS = 100;
const DISCONNECT_WITHIN_MS = 5_000;

/**
 * Makes the topics that are not there yet and waits until each partition is served by its leader and the brokers coordinate groups, so
 * that the first producer and the first consumer of a fresh broker do not stumble. Existing topics stay as they are; several services may do this at once.
 * Throws {@link KafkaUnreachable}.
 */
export async function createTopics(wanted: TopicsWanted): Promise<void> {
  const admin = clientOf(wanted).admin();
  try {
    await withTimeout(READY_WITHIN_MS, 'Preparing the topics', prepare(admin, wanted));
  } catch (error) {
    throw isConnectionError(error) ? new KafkaUnreachable(wanted.brokers, error) : error;
  } finally {
    await withTimeout(DISCONNECT_WITHIN_MS, 'Disconnecting', admin.disconnect()).catch(() => {});
  }
}

async function prepare(admin: Admin, { topics, partitions, replicationFactor, clientId }: TopicsWanted): Promise<void> {
  await admin.connect();
  const names = [...new Set(topics)];
  if (names.length === 0) return;
  const wanted = names.map((topic) => ({
    topic,
    numPartitions: partitions,
    replicationFactor,
    configEntries: READABLE,
  }));
  await admin.createTopics({ waitForLeaders: false, topics: wanted }).catch(explain);
  await untilTrue(async () => {
    const metadata = await admin.fetchTopicMetadata({ topics: names });
    return metadata.topics.every(
      (topic) => topic.partitions.length > 0 && topic.partitions.every((p) => p.leader >= 0),
    );
  });
  // A leader is named before it has made its logs; until then it answers that it is not the leader.
  for (const topic of names) await untilTrue(() => admin.fetchTopicOffsets(topic).then(() => true));
  // The first question about a group makes the brokers create the topic they keep offsets in.
  await untilTrue(() =>
    admin.fetchOffsets({ groupId: `${clientId}.warm-up`, topics: names.slice(0, 1) }).then(() => true),
  );
}

/** kafkajs says `Topic creation errors` and hides what they are. */
function explain(error: unknown): never {
  const errors: { topic?: string; message: string }[] = (error as { errors?: [] }).errors ?? [];
  if (errors.length === 0) throw error;
  const reasons = errors.map(({ topic, message }) => `${topic}: ${message}`).join('; ');
  throw new Error(`Kafka refuses to make topics (${reasons}).`, { cause: error });
}

/** Asks until the answer is yes; an error that may pass counts as a no. The caller bounds the time. */
async function untilTrue(ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      if (await ask()) return;
    } catch (error) {
      if (Date.now() > deadline || !(isRetriable(error) || isGroupWarmingUp(error))) throw error;
    }
    await pause(ASK_AGAIN_MS);
  }
}

const WARMING_UP = new Set(['GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP']);

/** kafkajs takes these for final; on a broker that has just started they pass. */
const isGroupWarmingUp = (error: unknown): boolean =>
  WARMING_UP.has(protocolErrorOf(error) ?? '') ||
  (error instanceof Error && error.name === 'KafkaJSGroupCoordinatorNotFound');
