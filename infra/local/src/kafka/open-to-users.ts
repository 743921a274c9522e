import { topicsOf } from '@quadrille/choreography';
import { checkout, shop, WITH_DATABASE } from '@quadrille/contracts';
import type { LocalKafka } from '../kafka.js';
import { SUPER_USER } from './secured.js';
import { printedRules } from './secured-admin.js';

/** The user of `npx quadrille audit` and `doctor`. */
export const AUDITOR = 'auditor';
export const USERS: readonly string[] = [...WITH_DATABASE, AUDITOR];

/** The default of services; `TOPIC_PARTITIONS` overrides it. */
const PARTITIONS = 6;

/** Creates the shop's topics, which services may not do, and grants each user the minimal rights. */
export async function openToUsers({ brokers, secured }: LocalKafka, env: Readonly<Record<string, string>> = {}) {
  // The client loads Nest's microservices; only a broker with users needs it.
  const { createTopics, grantAccess } = await import('@quadrille/kafka');
  const connection = { brokers, clientId: 'quadrille.local', security: secured!.security(SUPER_USER) };
  await createTopics({
    ...connection,
    topics: topicsOf(checkout, shop),
    partitions: Number(env.TOPIC_PARTITIONS ?? PARTITIONS),
    replicationFactor: 1,
  });
  await grantAccess(connection, printedRules());
}
