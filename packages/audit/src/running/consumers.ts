import {
  eventsHandledBy,
  eventTopicsOf,
  groupOf,
  servicesOf,
  topicsConsumedBy,
  topicsPublishedBy,
} from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';

/** A step that handles an event. */
export interface EventConsumer {
  readonly step: string;
  readonly service: string;
}

/** Every topic with events. */
export const TOPICS: readonly string[] = eventTopicsOf(checkout, shop);

/** The topics of the order service: their events are compared with the events that it stored. */
export const ORDER_TOPICS: ReadonlySet<string> = new Set(topicsPublishedBy(checkout, checkout.rows, 'order'));

/** The consumer groups with their topics. */
export const GROUPS = servicesOf(shop)
  .map((service) => ({
    service,
    groupId: groupOf(checkout.system, service),
    topics: topicsConsumedBy(checkout, shop, service),
  }))
  .filter(({ topics }) => topics.length > 0);

const consumers = new Map<string, EventConsumer[]>();
for (const [step, row] of Object.entries({ ...shop, ...checkout.rows })) {
  for (const { name } of eventsHandledBy(row)) {
    consumers.set(name, [...(consumers.get(name) ?? []), { step, service: row.service }]);
  }
}

/** The steps that handle an event of this name. */
export const consumersOf = (event: string): readonly EventConsumer[] => consumers.get(event) ?? [];
