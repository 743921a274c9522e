import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, type LocalKafka, startKafka } from '@quadrille/local';
import kafkajs from 'kafkajs';
import { type Connection, clientOf } from './client.js';
import { describeCluster } from './describe-cluster.js';
import { type Log, silent } from './log.js';
import { EventProducer } from './producer.js';
import { readTopics } from './read-topics.js';
import type { Security } from './security/security.js';
import { securityFrom } from './security/security-from.js';
import { until } from './spec/real-kafka.js';
import { createTopics, verifyTopics } from './topics.js';
import { KafkaTransport } from './transport.js';
import { KafkaUnreachable } from './unreachable.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const home = mkdtempSync(join(tmpdir(), 'quadrille-secured-'));
const [MINE, HERS] = ['of-mine', 'of-hers'];
let kafka: LocalKafka;

const as = (user: string, more: Partial<Connection> = {}): Connection => ({
  brokers: kafka.brokers,
  clientId: user,
  security: kafka.secured!.security(user),
  ...more,
});
const rule = (user: string, resource: 'TOPIC' | 'GROUP', name: string, operation: 'READ' | 'WRITE') => ({
  principal: `User:${user}`,
  host: '*',
  resourceType: AclResourceTypes[resource],
  resourceName: name,
  resourcePatternType: ResourcePatternTypes.LITERAL,
  operation: AclOperationTypes[operation],
  permissionType: AclPermissionTypes.ALLOW,
});
const record = (topic: string, payload: string) => ({ topic, key: 'k', headers: {}, payload });
const sentenceOf = (doing: Promise<unknown>): Promise<string> =>
  doing.then(
    () => 'it worked',
    (error: Error) => error.message,
  );
const verify = (connection: Connection, topics = [MINE]) => verifyTopics({ ...connection, topics, partitions: 1 });

beforeAll(async () => {
  kafka = await startKafka({ dataDir: join(home, 'kafka'), users: ['me', 'her'] });
  await createTopics({ ...as('admin'), topics: [MINE, HERS], partitions: 1, replicationFactor: 1 });
  const admin = clientOf(as('admin')).admin();
  await admin.connect();
  await admin.createAcls({
    acl: [
      rule('me', 'TOPIC', MINE, 'WRITE'),
      rule('me', 'TOPIC', MINE, 'READ'),
      rule('me', 'GROUP', 'my-group', 'READ'),
      rule('her', 'TOPIC', HERS, 'WRITE'),
    ],
  });
  await admin.disconnect();
}, 120_000);
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(home, { recursive: true });
});

describe('a cluster with TLS, users and ACLs', () => {
  it('lets a user write and read with exactly the required permissions', async () => {
    await verifyTopics({ ...as('me'), topics: [MINE], partitions: 1, group: 'my-group' });
    await createTopics({ ...as('me'), topics: [MINE], partitions: 1, replicationFactor: 1, group: 'my-group' });
    const producer = new EventProducer(as('me'));
    await producer.send([record(MINE, '1')]);
    await producer.disconnect();
    const read: string[] = [];
    const transport = new KafkaTransport({
      ...as('me'),
      groupId: 'my-group',
      topics: [MINE],
      onRecords: async (records) => void read.push(...records.map(({ value }) => value!)),
    });
    await new Promise<void>((resolve, reject) => transport.listen((error) => (error ? reject(error) : resolve())));
    await until('it is read', () => read.includes('1'));
    expect(await transport.lag()).toEqual({ [`${MINE}/0`]: expect.any(Number) });
    await transport.close();
    expect(await readTopics({ ...as('admin'), topics: [MINE] }, () => {})).toBe(1);
    expect((await describeCluster({ ...as('admin'), topics: [MINE], groups: {} })).topics[0]).toMatchObject({
      partitions: 1,
    });
  });

  it('accepts SCRAM-SHA-256 as well', async () => {
    const variables = { ...kafka.secured!.variables('me'), KAFKA_SASL_MECHANISM: 'scram-sha-256' };
    const producer = new EventProducer(as('me', { security: securityFrom(variables, []) }));
    await producer.send([record(MINE, '256')]);
    await producer.disconnect();
    const read: (string | null)[] = [];
    await readTopics({ ...as('admin'), topics: [MINE] }, ({ value }) => void read.push(value));
    expect(read).toContain('256');
  });

  it('refuses the topics and groups of another user, in one sentence if they are verified first', async () => {
    const producer = new EventProducer(as('me'));
    await expect(producer.send([record(HERS, '1')])).rejects.toThrow(`Topics accept no records: ${HERS}.`);
    await producer.disconnect();
    expect(await sentenceOf(verify(as('me'), [MINE, HERS]))).toMatch(
      `${HERS} are missing, or may not be described by this user.`,
    );
    const others = verifyTopics({ ...as('me'), topics: [MINE], partitions: 1, group: 'her-group' });
    expect(await sentenceOf(others)).toMatch(/^Kafka does not let this user into the consumer group her-group\./);
    const made = createTopics({ ...as('me'), topics: ['new'], partitions: 1, replicationFactor: 1 });
    expect(await sentenceOf(made)).toMatch(/^Kafka refuses to create topics \(new: Not authorized/);
  });

  it.each<[string, () => Promise<Security | undefined>, string]>([
    [
      'a wrong password',
      async () => withPassword('wrong'),
      'it refuses the user or the password. Correct KAFKA_SASL_USERNAME',
    ],
    [
      'an unknown user',
      async () => securityFrom({ ...kafka.secured!.variables('me'), KAFKA_SASL_USERNAME: 'nobody' }, []),
      'it refuses the user or the password.',
    ],
    [
      'a mechanism that it does not offer',
      async () => securityFrom({ ...kafka.secured!.variables('me'), KAFKA_SASL_MECHANISM: 'plain' }, []),
      'it does not offer this way to log in. Set KAFKA_SASL_MECHANISM',
    ],
    [
      'another authority',
      async () => ({ ...kafka.secured!.security('me'), tls: { ca: (await createAuthority()).certificate } }),
      'no authority that is known here has signed its certificate. Set KAFKA_TLS_CA_FILE to that of the cluster.',
    ],
    [
      'TLS without login',
      async () => ({ tls: kafka.secured!.security('me').tls! }),
      'it closes the connection at once. Set KAFKA_TLS and KAFKA_SASL_MECHANISM to the settings of its listener, or wait',
    ],
    ['no TLS', async () => ({ sasl: kafka.secured!.security('me').sasl! }), 'it closes the connection at once.'],
  ])('rejects, in one sentence: %s', async (_, security, sentence) => {
    const given = await security();
    const { security: __, ...open } = as('me');
    const refused = verify({ ...open, ...(given && { security: given }) });
    await expect(refused).rejects.toThrow(KafkaUnreachable);
    expect(await sentenceOf(refused)).toMatch(`Kafka at ${kafka.brokers[0]} cannot be used: ${sentence}`);
  });

  it('uses a rotated password at the next login, and logs a wrong one once per minute', async () => {
    const file = join(home, 'rotated');
    const right = readFileSync(kafka.secured!.variables('me').KAFKA_SASL_PASSWORD_FILE!, 'utf8');
    writeFileSync(file, right);
    const output: string[] = [];
    const warn = (fields: object, message: string) => void output.push(`${message} ${JSON.stringify(fields)}`);
    const log: Log = { ...silent, warn, error: warn };
    const security = securityFrom({ ...kafka.secured!.variables('me'), KAFKA_SASL_PASSWORD_FILE: file }, []);
    const read: string[] = [];
    const failed: Error[] = [];
    const transport = new KafkaTransport({
      ...as('me', { security, log }),
      groupId: 'my-group',
      topics: [MINE],
      onRecords: async (records) => void read.push(...records.map(({ value }) => value!)),
      onFatal: (error) => failed.push(error),
      limits: { firstRetryMs: 20, retryCapMs: 50 },
    });
    await new Promise<void>((resolve, reject) => transport.listen((error) => (error ? reject(error) : resolve())));
    opened.push(() => transport.close());
    writeFileSync(file, 'wrong');
    let refusals = 0;
    const counted = new EventProducer(as('me', { security, log }));
    opened.push(() => counted.disconnect());
    await kafka.restart!();
    await until('many logins were refused', async () => {
      refusals += (await sentenceOf(counted.send([record(MINE, '2')]))).includes('refuses') ? 1 : 0;
      return refusals >= 8;
    });
    expect(failed).toEqual([]);
    const refused = output.filter((line) => /refuses|SASL|auth/i.test(line));
    expect(refused.join('\n')).toContain('The consumer could not restart');
    const texts = refused.map((line) => line.replace(/,"(restarts|attempt)":\d+/, ''));
    expect(texts).toEqual([...new Set(texts)]);
    expect(output.join()).not.toContain('wrong');
    writeFileSync(file, right);
    await until('it sends again', async () => (await sentenceOf(counted.send([record(MINE, '3')]))) === 'it worked');
    await until('it reads again', () => read.includes('3'));
  }, 90_000);
});

const withPassword = (password: string): Security => {
  const { KAFKA_SASL_PASSWORD_FILE: _, ...rest } = kafka.secured!.variables('me');
  return securityFrom({ ...rest, KAFKA_SASL_PASSWORD: password }, [])!;
};
