import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, type LocalKafka, startKafka } from '@quadrille/local';
import { EventProducer } from './producer.js';
import { securityFrom } from './security/security-from.js';
import { until } from './spec/real-kafka.js';
import { createTopics } from './topics.js';
import { KafkaTransport } from './transport.js';

const TOPIC = 'logged-in';
/** kafkajs logs in again 10 s before the session expires. */
const LOGIN_LASTS_MS = 11_000;
const LOGS_IN_AGAIN_AFTER_MS = 2_500;
const MODULES = 'org.apache.kafka.common.security';

const home = mkdtempSync(join(tmpdir(), 'quadrille-logins-'));
let kafka: LocalKafka;
let port: number;
let tokens = 0;
/** Tokens as the broker accepts them without configured issuers. */
const tokenServer = createServer((request, response) => {
  tokens++;
  const now = Math.floor(Date.now() / 1_000);
  const parts = [{ alg: 'none' }, { sub: 'me', iat: now, exp: now + 3_600 }];
  const token = `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
  request.resume().on('end', () => response.end(JSON.stringify({ access_token: token, expires_in: 3_600 })));
});

beforeAll(async () => {
  port = await freePort();
  await new Promise<void>((resolve) => tokenServer.listen(0, '127.0.0.1', resolve));
  kafka = await startKafka({
    dataDir: join(home, 'kafka'),
    via: 'jvm',
    extraListener: { port, advertisedPort: port },
    settings: {
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SIDE:SASL_PLAINTEXT',
      'listener.name.side.sasl.enabled.mechanisms': 'PLAIN,OAUTHBEARER',
      'listener.name.side.plain.sasl.jaas.config': `${MODULES}.plain.PlainLoginModule required user_me="s3cret";`,
      'listener.name.side.oauthbearer.sasl.jaas.config': `${MODULES}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
      'listener.name.side.plain.connections.max.reauth.ms': String(LOGIN_LASTS_MS),
      'listener.name.side.oauthbearer.connections.max.reauth.ms': String(LOGIN_LASTS_MS),
    },
  });
}, 120_000);
afterAll(async () => {
  await kafka?.stop();
  tokenServer.close();
  rmSync(home, { recursive: true });
});

describe('a client that logs in', () => {
  it.each<[string, () => Record<string, string>]>([
    ['plain', () => ({ KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 's3cret' })],
    [
      'oauthbearer',
      () => ({
        KAFKA_SASL_TOKEN_URL: `http://127.0.0.1:${(tokenServer.address() as AddressInfo).port}/token`,
        KAFKA_SASL_CLIENT_ID: 'me',
        KAFKA_SASL_CLIENT_SECRET: 's3cret',
      }),
    ],
  ])(
    'by %s sends and reads, also after the broker requires a new login',
    async (mechanism, login) => {
      const brokers = [`127.0.0.1:${port}`];
      const security = securityFrom({ KAFKA_SASL_MECHANISM: mechanism, ...login() }, brokers)!;
      const connection = { brokers, clientId: 'me', security };
      const topic = `${TOPIC}-${mechanism}`;
      await createTopics({ ...connection, topics: [topic], partitions: 1, replicationFactor: 1, group: topic });
      const read: string[] = [];
      const transport = new KafkaTransport({
        ...connection,
        groupId: topic,
        topics: [topic],
        onRecords: async (records) => void read.push(...records.map(({ value }) => value!)),
      });
      const producer = new EventProducer(connection);
      try {
        await new Promise<void>((resolve, reject) => transport.listen((error) => (error ? reject(error) : resolve())));
        const began = Date.now();
        let sent = 0;
        await until('it has sent for longer than a login lasts', async () => {
          await producer.send([{ topic, key: 'k', headers: {}, payload: String(sent++) }]);
          return Date.now() - began > LOGIN_LASTS_MS + LOGS_IN_AGAIN_AFTER_MS;
        });
        await until('all are read', () => new Set(read).size >= sent);
        // Records whose offsets were not committed before a new login may come twice.
        expect([...new Set(read)]).toEqual(Array.from({ length: sent }, (_, n) => String(n)));
        expect(transport.health()).toMatchObject({ state: 'running', unavailableTopics: [] });
        expect(tokens).toBe(mechanism === 'oauthbearer' ? 1 : 0);
      } finally {
        await producer.disconnect();
        await transport.close();
      }
    },
    60_000,
  );
});
