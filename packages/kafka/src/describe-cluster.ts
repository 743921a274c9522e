import type { Admin } from 'kafkajs';
import { type Connection, clientOf, withTimeout } from './client.js';

const ANSWERS_WITHIN_MS = 8_000;
const DISCONNECT_WITHIN_MS = 1_000;
/** The number of a topic among the resources of Kafka's protocol. */
const TOPIC_RESOURCE = 2;
const SETTINGS = ['retention.ms', 'cleanup.policy', 'min.insync.replicas'];

/** The state of a topic in the cluster. */
export interface TopicState {
  readonly topic: string;
  /** The cause of a failed query; the other fields are then meaningless. */
  readonly cause?: string;
  readonly partitions: number;
  readonly withoutLeader: number;
  /** Of the partition with the fewest. */
  readonly replicas: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** The state of a consumer group in the cluster. */
export interface GroupState {
  readonly group: string;
  readonly cause?: string;
  readonly members: number;
  /** Records of these topics without a committed offset. */
  readonly lag: number;
}

/** The state of a cluster, seen from outside. */
export interface ClusterState {
  readonly brokers: number;
  readonly topics: readonly TopicState[];
  readonly groups: readonly GroupState[];
}

/** The queried topics, and groups with their topics. */
export interface ClusterQuery extends Connection {
  readonly topics: readonly string[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/** Queries once, in bounded time. A failure of one topic or group is reported for it alone. Rejects if no broker responds. */
export async function describeCluster(wanted: ClusterQuery): Promise<ClusterState> {
  const admin = clientOf(wanted).admin();
  try {
    return await withTimeout(ANSWERS_WITHIN_MS, 'The query of the cluster', look(admin, wanted));
  } finally {
    await withTimeout(DISCONNECT_WITHIN_MS, 'Disconnecting', admin.disconnect()).catch(() => {});
  }
}

async function look(admin: Admin, { topics, groups }: ClusterQuery): Promise<ClusterState> {
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  const there = new Set(await admin.listTopics());
  const states: TopicState[] = [];
  // One after the other: kafkajs queries all topics of earlier queries, and fails as a whole.
  for (const topic of topics) {
    states.push(
      there.has(topic)
        ? await topicState(admin, topic).catch((error) => unknownTopic(topic, error))
        : unknownTopic(topic, new Error('it does not exist')),
    );
  }
  const found: GroupState[] = [];
  for (const [group, reads] of Object.entries(groups)) {
    const readable = reads.filter((topic) => there.has(topic));
    found.push(await groupState(admin, group, readable).catch((error) => unknownGroup(group, error)));
  }
  return { brokers: brokers.length, topics: states, groups: found };
}

async function topicState(admin: Admin, topic: string): Promise<TopicState> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: SETTINGS }],
  });
  const entries = resources[0]?.configEntries ?? [];
  return {
    topic,
    partitions: partitions.length,
    withoutLeader: partitions.filter(({ leader }) => leader < 0).length,
    replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    settings: Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue])),
  };
}

async function groupState(admin: Admin, group: string, topics: readonly string[]): Promise<GroupState> {
  const { groups } = await admin.describeGroups([group]);
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  let lag = 0;
  for (const topic of topics) {
    const ours = committed.find((one) => one.topic === topic)?.partitions ?? [];
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
      const offset = Number(ours.find((one) => one.partition === partition)?.offset ?? -1);
      lag += Number(high) - (offset < 0 ? Number(low) : offset);
    }
  }
  return { group, members: groups[0]?.members.length ?? 0, lag };
}

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const unknownTopic = (topic: string, error: unknown): TopicState => ({
  topic,
  cause: causeOf(error),
  partitions: 0,
  withoutLeader: 0,
  replicas: 0,
  settings: {},
});
const unknownGroup = (group: string, error: unknown): GroupState => ({
  group,
  cause: causeOf(error),
  members: 0,
  lag: 0,
});
