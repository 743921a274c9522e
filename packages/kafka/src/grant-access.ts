import type { AccessRule } from '@quadrille/choreography';
import kafkajs from 'kafkajs';
import { type Connection, clientOf } from './client.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

/** Adds these rules, from any host; existing rules stay. Needs the right to alter the cluster. */
export async function grantAccess(connection: Connection, rules: readonly AccessRule[]): Promise<void> {
  const admin = clientOf(connection).admin();
  try {
    await admin.connect();
    await admin.createAcls({ acl: rules.flatMap(aclsOf) });
  } finally {
    await admin.disconnect();
  }
}

const aclsOf = ({ principal, resource, name, pattern, operations }: AccessRule) =>
  operations.map((operation) => ({
    principal,
    host: '*',
    resourceType: resource === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: name,
    resourcePatternType: pattern === 'prefixed' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }));
