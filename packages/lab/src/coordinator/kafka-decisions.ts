import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import type { Decision, DecisionLog } from '../protocol.js';

export const DECISIONS_TOPIC = 'lab.decisions';

interface Proposal {
  readonly tx: string;
  readonly proposed: Decision;
  readonly proposal: string;
}

/**
 * The decision log as a Kafka topic with one partition: the first record of a transaction is the decision. A coordinator appends a proposal
 * and waits until it reads it back. Concurrent proposers therefore read the same first record, and an unknown send result
 * needs no guess. With acks -1, either a quorum has the record or it was not written.
 */
export async function kafkaDecisions(brokers: readonly string[], clientId: string): Promise<DecisionLog> {
  // By default kafkajs pauses up to 30 s between attempts, and a group waits 30 s for its former member, long after a quorum is back.
  const retry = { retries: 20, maxRetryTime: 1_000 };
  const kafka = new Kafka({ clientId, brokers: [...brokers], logLevel: logLevel.NOTHING, retry });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry });
  const consumer = kafka.consumer({
    groupId: `${clientId}.${randomUUID()}`,
    maxWaitTimeInMs: 50,
    sessionTimeout: 6_000,
    rebalanceTimeout: 6_000,
    heartbeatInterval: 1_000,
    retry,
  });
  const first = new Map<string, Decision>();
  const readBack = new Map<string, (decision: Decision) => void>();
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic: DECISIONS_TOPIC, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    async eachMessage({ message }) {
      const { tx, proposed, proposal } = JSON.parse(message.value!.toString()) as Proposal;
      if (!first.has(tx)) first.set(tx, proposed);
      readBack.get(proposal)?.(first.get(tx)!);
    },
  });
  return {
    covers: () => true,
    close: async () => void (await Promise.all([producer.disconnect(), consumer.disconnect()])),
    async decide(tx, proposed) {
      const known = first.get(tx);
      if (known) return known;
      const proposal = randomUUID();
      const decided = new Promise<Decision>((resolve) => readBack.set(proposal, resolve));
      const value = JSON.stringify({ tx, proposed, proposal } satisfies Proposal);
      await producer.send({ topic: DECISIONS_TOPIC, acks: -1, messages: [{ key: tx, value, partition: 0 }] });
      return decided.finally(() => readBack.delete(proposal));
    },
  };
}
