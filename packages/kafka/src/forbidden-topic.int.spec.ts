import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import kafkajs, { type Admin } from 'kafkajs';
import { clientOf } from './client.js';
import type { IncomingRecord } from './record.js';
import { RealKafka, until } from './spec/real-kafka.js';
import { RefusedTopics } from './unsendable.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
/** Without TLS and SASL every client is ANONYMOUS, including the broker; operations without a rule are allowed. */
const settings = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'true',
};
const kafka = new RealKafka((options) => startKafka({ ...options, settings }));
let admin: Admin;

beforeAll(async () => {
  await kafka.start();
  admin = clientOf(kafka.connection).admin();
  await admin.connect();
});
afterEach(() => kafka.endTest());
afterAll(async () => {
  await admin?.disconnect();
  await kafka.stop();
});

type Operation = 'ALL' | 'READ' | 'WRITE';
const rule = (resourceName: string, operation: Operation, permission: 'ALLOW' | 'DENY') => ({
  resourceType: AclResourceTypes.TOPIC,
  resourceName,
  resourcePatternType: ResourcePatternTypes.LITERAL,
  principal: 'User:ANONYMOUS',
  host: '*',
  operation: AclOperationTypes[operation],
  permissionType: AclPermissionTypes[permission],
});

/** Denies one operation, or all of them, so that the topic is not even visible. */
async function forbid(topic: string, operation: Operation): Promise<void> {
  await admin.createAcls({ acl: [rule(topic, 'ALL', 'ALLOW'), rule(topic, operation, 'DENY')] });
}
const allow = (topic: string) =>
  admin.deleteAcls({
    filters: [
      {
        resourceType: AclResourceTypes.TOPIC,
        resourceName: topic,
        resourcePatternType: ResourcePatternTypes.LITERAL,
        operation: AclOperationTypes.ANY,
        permissionType: AclPermissionTypes.ANY,
      } as never,
    ],
  });

const record = (topic: string, payload: string) => ({ topic, key: 'k', headers: {}, payload });
const refusal = (sent: Promise<void>) => sent.then(() => undefined).catch((error: unknown) => error);

describe('a topic that an ACL forbids', () => {
  it.each(['WRITE', 'ALL'] as const)(
    'to %s accepts no records, which is reported, and other topics accept theirs',
    async (operation) => {
      const [open, closed] = [await kafka.topic(1), await kafka.topic(1)];
      const producer = kafka.producer();
      await producer.send([record(open, '0'), record(closed, '0')]);
      await forbid(closed, operation);
      let error: unknown;
      await until('the topic is refused', async () => {
        error = await refusal(producer.send([record(closed, '1'), record(open, '1')]));
        return error !== undefined;
      });
      expect(error).toBeInstanceOf(RefusedTopics);
      const { indexes, topics } = error as RefusedTopics;
      expect([indexes, [...topics.keys()]]).toEqual([[0], [closed]]);
      expect(String(topics.get(closed))).toMatch(/not authorized/i);
      await producer.send([record(open, '2')]);
      await allow(closed);
      await until(
        'it takes records again',
        async () => (await refusal(producer.send([record(closed, '1')]))) === undefined,
      );
      const read: IncomingRecord[] = [];
      await kafka.transport({ topics: [open, closed], onRecords: async (records) => void read.push(...records) });
      await until('all were sent', () => read.filter(({ topic }) => topic === open).some(({ value }) => value === '2'));
      await until('the last of the closed one too', () =>
        read.some(({ topic, value }) => topic === closed && value === '1'),
      );
    },
  );

  it.each(['READ', 'ALL'] as const)(
    'to %s is reported; others are read, and it is read again once it is allowed',
    async (operation) => {
      const [open, closed] = [await kafka.topic(1), await kafka.topic(1)];
      const read: string[] = [];
      const transport = await kafka.transport({
        topics: [open, closed],
        onRecords: async (records) => void read.push(...records.map(({ topic, value }) => `${topic} ${value}`)),
      });
      const producer = kafka.producer();
      await producer.send([record(open, '0'), record(closed, '0')]);
      await until('both are read', () => read.length === 2);
      await forbid(closed, operation);
      await until('it is reported', () => {
        const { unavailableTopics, failing } = transport.health();
        return JSON.stringify([unavailableTopics, failing]).includes(closed);
      });
      for (let n = 1; n <= 5; n++) await kafka.producer().send([record(open, String(n))]);
      await until('the other one is read', () => read.includes(`${open} 5`));
      expect(transport.health().state).toBe('running');
      await allow(closed);
      await until(
        'it takes records',
        async () => (await refusal(kafka.producer().send([record(closed, '1')]))) === undefined,
      );
      await until('it is read again', () => read.includes(`${closed} 1`), 40_000);
    },
    90_000,
  );
});
