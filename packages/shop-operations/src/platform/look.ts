import { groupOf, servicesOf, topicsConsumedBy } from '@quadrille/choreography';
import { checkout, SERVICES, type ServiceName, shop } from '@quadrille/contracts';
import type { DatabaseState, PlatformFacts, Readiness, Seen } from '@quadrille/operate/platform/facts';
import { lookAtDatabase } from '@quadrille/operate/platform/look-at-database';
import { topics } from '../derived.js';
import { type Endpoints } from '../endpoints/endpoints.js';
import { noAnswerOf, request } from '../endpoints/requests.js';

/** The default of the services. */
const INBOX_RETENTION_HOURS = 336;

/** Queries databases, Kafka and services concurrently, each in bounded time. An unavailable one is a fact as well. */
export async function lookAtPlatform(place: Endpoints, env: NodeJS.ProcessEnv): Promise<PlatformFacts> {
  const [databases, cluster, services] = await Promise.all([
    each(Object.keys(place.databases), (name) => databaseOf(name, place.databases[name]!)),
    place.brokers.length > 0 ? clusterOf(place) : undefined,
    each(SERVICES, (name) => readinessOf(place, name)),
  ]);
  const hours = Number(env.INBOX_RETENTION_HOURS || INBOX_RETENTION_HOURS);
  return { databases, cluster, services, inboxRetentionHours: Number.isFinite(hours) ? hours : INBOX_RETENTION_HOURS };
}

/** A service without steps, such as the storefront, publishes nothing: it has the tables of an outbox, but no relay. */
async function databaseOf(service: string, url: string): Promise<Seen<DatabaseState>> {
  const seen = await lookAtDatabase(url);
  if (servicesOf(shop).includes(service) || !('relays' in seen)) return seen;
  const { relays, ...state } = seen;
  return state;
}

async function each<Name extends string, State>(names: readonly Name[], look: (name: Name) => Promise<State>) {
  const found = await Promise.all(names.map(async (name) => [name, await look(name)] as const));
  return Object.fromEntries(found) as Record<Name, State>;
}

async function clusterOf({ brokers, security }: Endpoints): Promise<PlatformFacts['cluster']> {
  // The client of Kafka is not loaded for a list of commands.
  const { describeCluster } = await import('@quadrille/kafka');
  const groups = servicesOf(shop).flatMap((service) => {
    const reads = topicsConsumedBy(checkout, shop, service);
    return reads.length > 0 ? [[groupOf(checkout.system, service), reads] as const] : [];
  });
  return describeCluster({
    brokers,
    ...(security && { security }),
    clientId: 'quadrille-doctor',
    topics: topics().map(({ topic }) => topic),
    groups: Object.fromEntries(groups),
  }).catch((error: unknown) => ({ cause: error instanceof Error ? error.message : String(error) }));
}

async function readinessOf(place: Endpoints, service: ServiceName): Promise<Seen<Readiness>> {
  const answer = await request(place, service, '/health/ready');
  if (!answer) return { cause: noAnswerOf(place, service) };
  return { ready: answer.status === 200, parts: answer.body?.parts ?? {} };
}
