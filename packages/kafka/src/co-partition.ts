import { AssignerProtocol, type Assignment, type PartitionAssigner } from 'kafkajs';

/**
 * Assigns partition n of every topic to the same member: all events of a key, from any service, are then processed in one
 * process, which avoids lock waits between instances. A member gets only topics that it subscribes to, so groups survive a
 * deployment that changes them (tulios/kafkajs#1371).
 */
export const coPartition: PartitionAssigner = ({ cluster }) => ({
  name: 'QuadrilleCoPartition',
  version: 1,
  protocol({ topics }) {
    const metadata = AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) });
    return { name: 'QuadrilleCoPartition', metadata };
  },
  async assign({ members }) {
    const subscriptions = new Map<string, readonly string[]>();
    for (const { memberId, memberMetadata } of members) {
      subscriptions.set(memberId, AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? []);
    }
    await cluster.addMultipleTargetTopics([...new Set([...subscriptions.values()].flat())]);
    const partitionsOf = (topic: string) => cluster.findTopicPartitionMetadata(topic).map((p) => p.partitionId);
    return [...assignmentsOf(subscriptions, partitionsOf)].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: 1, assignment, userData: Buffer.alloc(0) }),
    }));
  },
});

/** Computes the assignment: members take turns over the partition numbers, in the order of their ids. */
export function assignmentsOf(
  subscriptions: ReadonlyMap<string, readonly string[]>,
  partitionsOf: (topic: string) => readonly number[],
): Map<string, Assignment> {
  const members = [...subscriptions.keys()].sort();
  const assignments = new Map<string, Assignment>(members.map((session) => [session, {}]));
  for (const topic of new Set([...subscriptions.values()].flat())) {
    const subscribed = members.filter((session) => subscriptions.get(session)!.includes(topic));
    for (const partition of partitionsOf(topic)) {
      const assignment = assignments.get(subscribed[partition % subscribed.length]!)!;
      assignment[topic] ??= [];
      assignment[topic].push(partition);
    }
  }
  return assignments;
}
