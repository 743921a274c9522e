import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Authority,
  createAuthority,
  freePort,
  type Identity,
  type LocalKafka,
  startKafka,
} from '@quadrille/local';
import { EventProducer } from './producer.js';
import { readTopics } from './read-topics.js';
import { securityFrom } from './security/security-from.js';
import { createTopics, verifyTopics } from './topics.js';
import { KafkaUnreachable } from './unreachable.js';

const TOPIC = 'by-certificate';
const home = mkdtempSync(join(tmpdir(), 'quadrille-certificates-'));
let authority: Authority;
let kafka: LocalKafka;
let broker: string;

const file = (name: string, content: string): string => {
  const path = join(home, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
};

/** The connection of a client: the authority, and its own certificate. */
const connection = (own?: Identity, brokers = [broker]) => ({
  brokers,
  clientId: 'me',
  security: securityFrom(
    {
      KAFKA_TLS: '1',
      KAFKA_TLS_CA_FILE: file('ca.pem', authority.certificate),
      ...(own && { KAFKA_TLS_CERT_FILE: file('me.pem', own.certificate), KAFKA_TLS_KEY_FILE: file('me.key', own.key) }),
    },
    brokers,
  )!,
});

beforeAll(async () => {
  authority = await createAuthority();
  const { certificate, key } = await authority.sign('kafka');
  const port = await freePort();
  broker = `127.0.0.1:${port}`;
  kafka = await startKafka({
    dataDir: join(home, 'kafka'),
    via: 'jvm',
    extraListener: { port, advertisedPort: port },
    settings: {
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SIDE:SSL',
      'listener.name.side.ssl.keystore.type': 'PEM',
      'listener.name.side.ssl.keystore.location': file('broker.pem', key + certificate),
      'listener.name.side.ssl.truststore.type': 'PEM',
      'listener.name.side.ssl.truststore.location': file('ca.pem', authority.certificate),
      'listener.name.side.ssl.client.auth': 'required',
    },
  });
}, 120_000);
afterAll(async () => {
  await kafka?.stop();
  rmSync(home, { recursive: true });
});

const refusal = (doing: Promise<unknown>) =>
  doing.then(
    () => 'it worked',
    (error: Error) => {
      expect(error).toBeInstanceOf(KafkaUnreachable);
      return error.message;
    },
  );
const verify = (given: ReturnType<typeof connection>) => verifyTopics({ ...given, topics: [TOPIC], partitions: 1 });

describe('a broker that demands a certificate', () => {
  it('takes and gives records of a client that has one', async () => {
    const me = connection(await authority.sign('me'));
    await createTopics({ ...me, topics: [TOPIC], partitions: 1, replicationFactor: 1 });
    const producer = new EventProducer(me);
    await producer.send([{ topic: TOPIC, key: 'k', headers: {}, payload: '1' }]);
    await producer.disconnect();
    expect(await readTopics({ ...me, topics: [TOPIC] }, () => {})).toBe(1);
  });

  it.each<[string, () => Promise<Identity | undefined>]>([
    ['none', async () => undefined],
    ['one that another authority has signed', async () => (await createAuthority()).sign('me')],
  ])('rejects, in one sentence, a client that shows %s', async (_, shown) => {
    expect(await refusal(verify(connection(await shown())))).toBe(
      `Kafka at ${broker} cannot be used: it refuses the certificate of this client, or requires one. Set KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE to a certificate that it trusts, and its key.`,
    );
  });
});

it.each([
  ['has expired', new Date('2020-01-01'), 'its certificate has expired. Renew it on the brokers.'],
  ['is for another host', undefined, 'its certificate is for another host. Correct KAFKA_BROKERS'],
])('a server whose certificate %s is refused in one sentence', async (_, until, sentence) => {
  const own = await authority.sign('kafka', until ? { until } : { hosts: ['elsewhere.example'] });
  const server = createServer({ cert: own.certificate, key: own.key });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect(await refusal(verify(connection(undefined, [at])))).toMatch(`Kafka at ${at} cannot be used: ${sentence}`);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
});
