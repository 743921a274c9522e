import { setTimeout as pause } from 'node:timers/promises';
import { deadLetterTopicOf, eventTopicsOf, topicsOf } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { createTopics, type PasswordLogin } from '@quadrille/kafka';

import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { ChaoticSystem } from '../system/chaotic-system.js';
import { PARTITIONS } from '../system/servers.js';
import type { Injection } from './injection.js';

/** Every topic with events. */
export const EVENT_TOPICS = eventTopicsOf(checkout, shop);

const TRY_AGAIN_AFTER_MS = 200;
const DONE_WITHIN_MS = 60_000;

/** A foreign Kafka client that bypasses the proxies. */
export function foreignKafka({ kafka }: ChaoticSystem): Kafka {
  const { brokers, clientId, security } = kafka.connection;
  const login = security?.sasl as PasswordLogin | undefined;
  return new Kafka({
    brokers: [...brokers],
    clientId,
    logLevel: logLevel.NOTHING,
    ...(security?.tls && { ssl: { ...security.tls } }),
    ...(login && { sasl: { mechanism: 'scram-sha-512', username: login.username, password: login.password() } }),
  });
}

/** Retries, because other faults may interfere. */
async function withAdmin(system: ChaoticSystem, work: (admin: Admin) => Promise<void>): Promise<void> {
  const deadline = Date.now() + DONE_WITHIN_MS;
  for (;;) {
    const admin = foreignKafka(system).admin();
    try {
      await admin.connect();
      return await work(admin);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(TRY_AGAIN_AFTER_MS);
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }
}

/** Deletes the dead-letter topic of a service and recreates it when the fault ends. Notices on the topic are lost, dead letters are not. */
export const topicGone: Injection = async (system, { target }) => {
  const topic = deadLetterTopicOf(checkout, target);
  await withAdmin(system, async (admin) => {
    if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
  });
  const topics = topicsOf(checkout, shop);
  return () => createTopics({ ...system.kafka.connection, topics, partitions: PARTITIONS, replicationFactor: 1 });
};

/** Deletes the records that every group has consumed, as retention does. */
export const retention: Injection = async (system) => {
  await withAdmin(system, async (admin) => {
    const consumed = await consumedByAll(admin);
    for (const [topic, offsets] of consumed) {
      const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }));
      if (partitions.length > 0) await admin.deleteTopicRecords({ topic, partitions });
    }
  });
  return async () => {};
};

/** Per topic and partition, the lowest committed offset of all groups; partitions without a commit are omitted. */
async function consumedByAll(admin: Admin): Promise<Map<string, Map<number, number>>> {
  const { groups } = await admin.listGroups();
  const consumed = new Map(EVENT_TOPICS.map((topic) => [topic, new Map<number, number>()]));
  for (const { groupId } of groups) {
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: EVENT_TOPICS })) {
      // A group that does not consume a topic has no committed offset in any of its partitions.
      if (partitions.every(({ offset }) => Number(offset) < 0)) continue;
      for (const { partition, offset } of partitions) {
        const least = Math.min(consumed.get(topic)!.get(partition) ?? Number.POSITIVE_INFINITY, Number(offset));
        consumed.get(topic)!.set(partition, least);
      }
    }
  }
  for (const offsets of consumed.values()) {
    for (const [partition, offset] of offsets) if (offset <= 0) offsets.delete(partition);
  }
  return consumed;
}
