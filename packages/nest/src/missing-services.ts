import { groupOf, servicesOf, topicsConsumedBy } from '@quadrille/choreography';
import { describeCluster } from '@quadrille/kafka';
import { messageOf } from '@quadrille/postgres';
import { connectionOf } from './broker.js';
import type { ServiceContext } from './service-context.js';

/** Until then all services of a deployment should have started. */
const LOOK_AFTER_MS = 60_000;

/** Warns once if a service of the choreography does not run: its events would wait without an error. */
export function warnOfMissingServices(context: ServiceContext): void {
  const { log, shutdown } = context;
  const look = async () => {
    try {
      const missing = await missingServices(context);
      if (missing.length > 0) log.warn({ missing }, 'no process of these services consumes: events for them wait');
    } catch (error) {
      // Without brokers, the consumer and the relay report it.
      log.debug({ cause: messageOf(error) }, 'the consumer groups of other services cannot be read');
    }
  };
  const timer = setTimeout(look, LOOK_AFTER_MS);
  timer.unref();
  shutdown.set('looking for other services', async () => clearTimeout(timer));
}

/** The other services whose consumer group has no member. A group that this service may not describe does not count. */
export async function missingServices(context: ServiceContext): Promise<string[]> {
  const { definition } = context;
  const { system, rows, steps } = definition;
  const consumers = servicesOf(rows).flatMap((service) => {
    const topics = topicsConsumedBy(definition, rows, service);
    return service === steps.service || topics.length === 0 ? [] : [{ service, topics }];
  });
  if (consumers.length === 0) return [];
  const groups = Object.fromEntries(consumers.map(({ service, topics }) => [groupOf(system, service), topics]));
  const found = await describeCluster({ ...connectionOf(context), topics: [], groups });
  const empty = new Set(found.groups.flatMap(({ group, cause, members }) => (!cause && members === 0 ? [group] : [])));
  return consumers.flatMap(({ service }) => (empty.has(groupOf(system, service)) ? [service] : []));
}
