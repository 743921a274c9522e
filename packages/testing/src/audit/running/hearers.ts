import { eventsHeardBy, eventsOf, groupOf, servicesOf, topicOf, topicsHeardBy } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';

/** A step that hears an event. */
export interface Hearer {
  readonly step: string;
  readonly service: string;
}

/** Every topic on which events are said. */
export const TOPICS: readonly string[] = [...new Set(eventsOf(shop).map(({ by }) => topicOf(checkout.system, by)))];

/** The consumer groups and what they read. */
export const GROUPS = servicesOf(shop)
  .map((service) => ({
    service,
    groupId: groupOf(checkout.system, service),
    topics: topicsHeardBy(checkout.system, shop, service),
  }))
  .filter(({ topics }) => topics.length > 0);

const hearers = new Map<string, Hearer[]>();
for (const [step, row] of Object.entries({ ...shop, ...checkout.rows })) {
  for (const { name } of eventsHeardBy(row)) {
    hearers.set(name, [...(hearers.get(name) ?? []), { step, service: row.by }]);
  }
}

/** Who hears an event of this name. */
export const hearersOf = (event: string): readonly Hearer[] => hearers.get(event) ?? [];
