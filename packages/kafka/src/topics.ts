import { setTimeout as pause } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { type Connection, clientOf, withTimeout } from './client.js';
import { GroupRefusals } from './group-refusals.js';
import { isConnectionError, isRetriable, KafkaUnreachable, protocolErrorOf } from './unreachable.js';

/** The required topics of a service. */
export interface TopicsToVerify extends Connection {
  readonly topics: readonly string[];
  /** The minimum per topic; the same number everywhere, so that a key has the same partition number in each. */
  readonly partitions: number;
  /** The consumer group that will read: its coordinator is awaited as well. */
  readonly group?: string;
}

/** The same, created if they are missing. */
export interface TopicsWanted extends TopicsToVerify {
  readonly replicationFactor: number;
}

/**
 * The broker decompresses records of other clients whose codec kafkajs does not support and would crash on (tulios/kafkajs#597,
 * #1141).
 */
const READABLE = [{ name: 'compression.type', value: 'uncompressed' }];
/** A busy machine on which a broker and eight services start at once takes more than a minute. */
const READY_WITHIN_MS = 120_000;
const CHECK_EVERY_MS = 100;
const DISCONNECT_WITHIN_MS = 5_000;

/**
 * Creates missing topics and waits until each partition has a serving leader and the brokers coordinate groups, so that the first
 * producer and consumer of a new broker do not fail. Existing topics are unchanged, and need no right to create topics; several
 * services may run this concurrently. Throws {@link KafkaUnreachable}, {@link TopicsProblem}.
 */
export const createTopics = (wanted: TopicsWanted): Promise<void> =>
  prepared(wanted, (admin, names) =>
    // A new broker on a busy machine may need longer than the timeout of a request.
    untilTrue(async () => {
      const missing = await missingOf(admin, names);
      const { partitions: numPartitions, replicationFactor } = wanted;
      const topics = missing.map((topic) => ({ topic, numPartitions, replicationFactor, configEntries: READABLE }));
      if (topics.length === 0) return true;
      return admin.createTopics({ waitForLeaders: false, topics }).then(
        () => true,
        async (error) => {
          const refusals = refusalsIn(error);
          if (await areTransient(refusals, admin, replicationFactor)) return false;
          const reasons = refusals.map(({ topic, message }) => `${topic}: ${message}`).join('; ');
          throw new TopicsProblem(`Kafka refuses to create topics (${reasons}).`, { cause: error });
        },
      );
    }),
  );

/**
 * Waits in the same way for topics that an operator has created; needs only the right to describe them. Throws
 * {@link KafkaUnreachable}; a {@link TopicsProblem} if a topic is missing or has too few partitions.
 */
export const verifyTopics = (wanted: TopicsToVerify): Promise<void> =>
  prepared(wanted, async (admin, names) => {
    const missing = await missingOf(admin, names);
    const there = names.filter((name) => !missing.includes(name));
    const small = (await metadataOf(admin, there)).filter(({ partitions }) => partitions.length < wanted.partitions);
    if (missing.length + small.length === 0) return;
    const parts = [
      ...(missing.length > 0 ? [`${missing.join(', ')} are missing, or may not be described by this user`] : []),
      ...small.map(
        ({ name, partitions }) => `${name} has ${partitions.length} partitions instead of ${wanted.partitions}`,
      ),
    ];
    throw new TopicsProblem(
      `Topics are missing or wrong: ${parts.join('; ')}. Create them (npx quadrille topics lists them), correct TOPIC_PARTITIONS, or set TOPICS=create.`,
    );
  });

type Metadata = Awaited<ReturnType<Admin['fetchTopicMetadata']>>['topics'];

async function prepared(wanted: TopicsToVerify, look: (admin: Admin, names: string[]) => Promise<void>): Promise<void> {
  const names = [...new Set(wanted.topics)];
  const refusals = new GroupRefusals(wanted.log);
  const admin = clientOf({ ...wanted, log: refusals.log }).admin();
  const prepare = async () => {
    await admin.connect();
    if (names.length === 0) return;
    await look(admin, names);
    await untilServed(admin, names);
    if (wanted.group !== undefined) await untilCoordinated(admin, names, wanted.group, refusals);
  };
  try {
    await withTimeout(READY_WITHIN_MS, 'Preparing the topics', prepare());
  } catch (error) {
    throw isConnectionError(error) ? new KafkaUnreachable(wanted.brokers, error) : error;
  } finally {
    await withTimeout(DISCONNECT_WITHIN_MS, 'Disconnecting', admin.disconnect()).catch(() => {});
  }
}

/** Topics that this client may not describe appear to be missing. */
async function missingOf(admin: Admin, names: readonly string[]): Promise<string[]> {
  const there = new Set(await answered(() => admin.listTopics()));
  return names.filter((name) => !there.has(name));
}

const metadataOf = async (admin: Admin, topics: string[]): Promise<Metadata> =>
  topics.length > 0 ? (await answered(() => admin.fetchTopicMetadata({ topics }))).topics : [];

/**
 * Repeats a query that no broker has answered. kafkajs then swallows the errors of the brokers and throws its own `TypeError`:
 * https://github.com/tulios/kafkajs/blob/v2.2.4/src/cluster/brokerPool.js#L267
 */
export async function answered<Answer>(question: () => Promise<Answer>, withinMs = READY_WITHIN_MS): Promise<Answer> {
  for (const until = Date.now() + withinMs; ; ) {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof TypeError) || Date.now() >= until) throw error;
      await pause(CHECK_EVERY_MS);
    }
  }
}

async function untilServed(admin: Admin, names: string[]): Promise<void> {
  await untilTrue(async () => {
    const topics = await metadataOf(admin, names);
    return topics.every((topic) => topic.partitions.length > 0 && topic.partitions.every((p) => p.leader >= 0));
  });
  // A leader is elected before it has created its logs; until then it answers that it is not the leader.
  for (const topic of names) await untilTrue(() => admin.fetchTopicOffsets(topic).then(() => true));
}

/** The first query about a group makes the brokers create the topic of their offsets. */
const untilCoordinated = (admin: Admin, names: string[], group: string, refusals: GroupRefusals): Promise<void> =>
  untilTrue(async () => {
    try {
      await admin.fetchOffsets({ groupId: group, topics: names.slice(0, 1) });
      return true;
    } catch (error) {
      if (!refusals.any && protocolErrorOf(error) !== 'GROUP_AUTHORIZATION_FAILED') throw error;
      throw new TopicsProblem(
        `Kafka does not let this user into the consumer group ${group}. Grant it the rights that npx quadrille topics --acls prints.`,
        { cause: error },
      );
    }
  });

type Refusal = { readonly topic: string; readonly type: string; readonly message: string };

/**
 * kafkajs reports `Topic creation errors` without their content. Topics that another service has created concurrently are no errors. Throws
 * any other error.
 */
function refusalsIn(error: unknown): Refusal[] {
  const { errors } = error as { errors?: readonly Refusal[] };
  if (!errors) throw error;
  return errors.filter(({ type }) => type !== 'TOPIC_ALREADY_EXISTS');
}

/** A broker that has just started, or is too busy to send heartbeats, is not registered: then none can have a replica. */
async function areTransient(refusals: readonly Refusal[], admin: Admin, replicationFactor: number): Promise<boolean> {
  if (!refusals.every(({ type }) => type === 'INVALID_REPLICATION_FACTOR')) return false;
  const { brokers } = await answered(() => admin.describeCluster());
  return brokers.length === 0 || brokers.length >= replicationFactor;
}

/** Repeats until the result is true; a transient error counts as false. The caller limits the time. */
async function untilTrue(check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      if (await check()) return;
    } catch (error) {
      if (error instanceof TopicsProblem || Date.now() > deadline || !(isRetriable(error) || isGroupWarmingUp(error)))
        throw error;
    }
    await pause(CHECK_EVERY_MS);
  }
}

const WARMING_UP = new Set(['GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP']);

/** kafkajs considers these final; on a broker that has just started they are transient. */
const isGroupWarmingUp = (error: unknown): boolean =>
  WARMING_UP.has(protocolErrorOf(error) ?? '') ||
  (error instanceof Error && error.name === 'KafkaJSGroupCoordinatorNotFound');

/**
 * Topics or groups do not meet a service's requirements, and only an operator can change that: one sentence with the correction.
 */
export class TopicsProblem extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'TopicsProblem';
  }
}
