import { type Choreography, servicesOf, topicsOf } from '@quadrille/choreography';
import type { ClusterState } from '@quadrille/kafka';
import type { RunningSystem } from '../running/running-system.js';
import { topicFacts } from '../topic-facts.js';
import type { PlatformFacts, Seen } from './facts.js';
import { lookAtDatabase } from './look-at-database.js';

/** The default of the services. */
const INBOX_RETENTION_HOURS = 336;
const CLIENT_ID = 'quadrille-doctor';

/** Observes the topics, groups and databases of a choreography, each in bounded time. A missing answer is a result. */
export async function lookAtChoreography(
  choreography: Choreography,
  system: RunningSystem,
  env: NodeJS.ProcessEnv,
): Promise<PlatformFacts> {
  const [cluster, ...databases] = await Promise.all([
    clusterOf(choreography, system),
    ...servicesOf(choreography.rows).map((service) => databaseOf(service, system)),
  ]);
  const hours = Number(env.INBOX_RETENTION_HOURS || INBOX_RETENTION_HOURS);
  return {
    databases: Object.fromEntries(databases),
    cluster,
    services: {},
    inboxRetentionHours: Number.isFinite(hours) ? hours : INBOX_RETENTION_HOURS,
  };
}

async function databaseOf(service: string, { databases }: RunningSystem) {
  const url = databases[service];
  const cause = `unknown address: add '${service}' to databases of running in the configuration file`;
  return [service, url === undefined ? { cause } : await lookAtDatabase(url)] as const;
}

/** The groups of a choreography with their topics. */
export function groupsOf(choreography: Choreography): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const { topic, groups: readers } of topicFacts(choreography, choreography.rows)) {
    for (const group of readers) groups[group] = [...(groups[group] ?? []), topic];
  }
  return groups;
}

/** The topics and groups of the cluster, or the cause of a failed query. */
export async function clusterOf(
  choreography: Choreography,
  { brokers, security }: RunningSystem,
): Promise<Seen<ClusterState>> {
  // The client loads Nest's microservices; other commands do not need them.
  const { describeCluster } = await import('@quadrille/kafka');
  return describeCluster({
    brokers,
    ...(security && { security }),
    clientId: CLIENT_ID,
    topics: topicsOf(choreography, choreography.rows),
    groups: groupsOf(choreography),
  }).catch((error: unknown) => ({ cause: error instanceof Error ? error.message : String(error) }));
}
