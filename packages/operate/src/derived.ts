import {
  asyncApi,
  cloudEventType,
  deadLetterTopicOf,
  eventsOf,
  groupOf,
  servicesOf,
  topicOf,
  topicsConsumedBy,
} from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';

/** A topic, as the table has it. */
export interface TopicFacts {
  readonly topic: string;
  /** Who writes to it, and nobody else. */
  readonly service: string;
  /** The consumer groups that read it. Those of dead letters are read by whoever operates, and by the storefront. */
  readonly groups: readonly string[];
  /** The types on the wire. */
  readonly types: readonly string[];
}

/** Every topic of the shop, first what services say, then their dead letters. */
export function topics(): TopicFacts[] {
  const { system } = checkout;
  const services = servicesOf(shop);
  const events = eventsOf(shop);
  const said = [...new Set(events.map(({ service }) => service))].map((service) => {
    const topic = topicOf(system, service);
    return {
      topic,
      service,
      groups: services
        .filter((hearer) => topicsConsumedBy(system, shop, hearer).includes(topic))
        .map((hearer) => groupOf(system, hearer)),
      types: events.filter(({ service: by }) => by === service).map(cloudEventType),
    };
  });
  const dead = services.map((service) => ({
    topic: deadLetterTopicOf(system, service),
    service,
    groups: [],
    types: [],
  }));
  return [...said, ...dead];
}

/** The AsyncAPI document of the shop. */
export const asyncApiOfShop = (version: string): Record<string, unknown> =>
  asyncApi(checkout.system, shop, {
    title: 'Quadrille shop',
    version,
    description: 'Order, payment, inventory and shipping drive and compensate the checkout by these events alone.',
  });
