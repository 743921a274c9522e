import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Security } from '@quadrille/kafka';
import { securityFrom } from '@quadrille/kafka/security';
import { createAuthority } from '../secure/certificates.js';
import type { ClientListener } from './settings.js';

/** The super user. The stack creates topics and ACLs with it; no service has its password. */
export const SUPER_USER = 'admin';
/** The name of the broker in its certificate, used between broker and controller. */
const BROKER = 'kafka';
/** Both are offered; clients of ours take the first. */
const MECHANISMS = ['SCRAM-SHA-512', 'SCRAM-SHA-256'] as const;
const SCRAM_LOGIN = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
const OWNER_ONLY = 0o600;

/** Files in the broker's data folder. */
const FOLDER = 'secure';
const [CA, KEYSTORE] = [`${FOLDER}/ca.pem`, `${FOLDER}/broker.pem`];
const passwordFile = (user: string): string => `${FOLDER}/${user}.password`;

/** The credentials for a broker that requires a login. */
export interface SecuredAccess {
  readonly security: (user: string) => Security;
  /** The same as environment variables: `KAFKA_TLS` and so on. */
  readonly variables: (user: string) => Record<string, string>;
}

/** Creates the certificate and the passwords of a new data folder, readable only by its owner. */
export async function prepareSecured(dataDir: string, users: readonly string[]): Promise<void> {
  mkdirSync(join(dataDir, FOLDER), { recursive: true, mode: 0o700 });
  const write = (file: string, content: string) => writeFileSync(join(dataDir, file), content, { mode: OWNER_ONLY });
  for (const user of [SUPER_USER, ...users]) {
    if (!existsSync(join(dataDir, passwordFile(user))))
      write(passwordFile(user), randomBytes(18).toString('base64url'));
  }
  if (isPrepared(dataDir)) return;
  const authority = await createAuthority();
  const { certificate, key } = await authority.sign(BROKER);
  write(CA, authority.certificate);
  write(KEYSTORE, key + certificate);
}

/** Whether a data folder was created with users. */
export const isPrepared = (dataDir: string): boolean => existsSync(join(dataDir, KEYSTORE));

/** The credentials of the users of a prepared folder. */
export function accessOf(dataDir: string, brokers: readonly string[]): SecuredAccess {
  const variables = (user: string) => ({
    KAFKA_TLS: '1',
    KAFKA_TLS_CA_FILE: join(dataDir, CA),
    KAFKA_SASL_MECHANISM: MECHANISMS[0].toLowerCase(),
    KAFKA_SASL_USERNAME: user,
    KAFKA_SASL_PASSWORD_FILE: join(dataDir, passwordFile(user)),
  });
  return { variables, security: (user) => securityFrom(variables(user), brokers)! };
}

/** Replaces the settings of an open broker. Clients log in; broker and controller present certificates. */
export const securedSettings = (
  port: number,
  internalPort: number,
  controllerPort: number,
  extraListener?: ClientListener,
): Record<string, string> => ({
  listeners: `CLIENT://127.0.0.1:${port},INTERNAL://127.0.0.1:${internalPort},CONTROLLER://127.0.0.1:${controllerPort}${extraListener ? `,SIDE://127.0.0.1:${extraListener.port}` : ''}`,
  'advertised.listeners': `CLIENT://127.0.0.1:${port},INTERNAL://127.0.0.1:${internalPort}${extraListener ? `,SIDE://127.0.0.1:${extraListener.advertisedPort}` : ''}`,
  'listener.security.protocol.map': `CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL${extraListener ? ',SIDE:SASL_SSL' : ''}`,
  'inter.broker.listener.name': 'INTERNAL',
  'sasl.enabled.mechanisms': MECHANISMS.join(),
  ...logins('client'),
  ...(extraListener && logins('side')),
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.location': KEYSTORE,
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': CA,
  'listener.name.internal.ssl.client.auth': 'required',
  'listener.name.controller.ssl.client.auth': 'required',
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'false',
  'super.users': `User:${SUPER_USER};User:CN=${BROKER}`,
});

const logins = (listener: string): Record<string, string> =>
  Object.fromEntries(
    MECHANISMS.map((each) => [`listener.name.${listener}.${each.toLowerCase()}.sasl.jaas.config`, SCRAM_LOGIN]),
  );

/**
 * Arguments of Kafka's storage tool, which creates a data folder with these users, because without users no client could log in to create them.
 * They contain passwords: pass them in a file that only the owner can read.
 */
export function formatArguments(
  dataDir: string,
  users: readonly string[],
  clusterId: string,
  settings: string,
): string[] {
  const scram = [SUPER_USER, ...users].flatMap((user) => {
    const password = readFileSync(join(dataDir, passwordFile(user)), 'utf8');
    return MECHANISMS.flatMap((each) => ['--add-scram', `${each}=[name=${user},password=${password}]`]);
  });
  return ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', settings, ...scram];
}

/** Writes a file that only its owner can read, and deletes it after `use`. */
export async function withPrivateFile<Value>(path: string, content: string, use: () => Promise<Value>): Promise<Value> {
  writeFileSync(path, content, { mode: OWNER_ONLY });
  chmodSync(path, OWNER_ONLY);
  try {
    return await use();
  } finally {
    rmSync(path, { force: true });
  }
}
