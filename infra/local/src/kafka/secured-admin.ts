import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Security } from '@quadrille/kafka';
import kafkajs, { type Admin } from 'kafkajs';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel, ResourcePatternTypes } = kafkajs;

const CLI = fileURLToPath(new URL('../../../../packages/cli/bin/quadrille.mjs', import.meta.url));

/** A rule as `npx quadrille topics --acls --json` prints it. */
interface Rule {
  readonly principal: string;
  readonly resource: 'topic' | 'group';
  readonly name: string;
  readonly pattern: 'literal' | 'prefixed';
  readonly operations: readonly (keyof typeof AclOperationTypes)[];
}

/** Lets every user do what `npx quadrille topics --acls` prints, and nothing else. */
export async function grantPrintedRules(broker: string, security: Security): Promise<void> {
  const { stdout, stderr, status } = spawnSync(process.execPath, [CLI, 'topics', '--acls', '--json'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The rules of the topics are not known: ${stderr}`);
  const rules = JSON.parse(stdout) as Rule[];
  await asAdmin(broker, security, (admin) =>
    admin.createAcls({
      acl: rules.flatMap(({ principal, resource, name, pattern, operations }) =>
        operations.map((operation) => ({
          principal,
          host: '*',
          resourceType: resource === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
          resourceName: name,
          resourcePatternType: pattern === 'prefixed' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
          operation: AclOperationTypes[operation],
          permissionType: AclPermissionTypes.ALLOW,
        })),
      ),
    }),
  );
}

/** Whether a broker that lets nobody in without password has loaded the coordinators of these groups. */
export const coordinates = (broker: string, security: Security, groups: readonly string[]): Promise<boolean> =>
  asAdmin(broker, security, (admin) => admin.describeGroups([...groups])).then(
    () => true,
    () => false,
  );

async function asAdmin<Value>(
  broker: string,
  { tls, sasl }: Security,
  work: (admin: Admin) => Promise<Value>,
): Promise<Value> {
  if (!sasl || sasl.mechanism === 'oauthbearer') throw new Error('The broker of the stack takes passwords only.');
  const { username, password } = sasl;
  const admin = new Kafka({
    clientId: 'quadrille.local',
    brokers: [broker],
    ssl: { ...tls },
    sasl: { mechanism: 'scram-sha-512', username, password: password() },
    // kafkajs asks for what it needs to know only after it has missed it.
    retry: { initialRetryTime: 50, retries: 2 },
    logLevel: logLevel.NOTHING,
  }).admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
