import { eventsOf, servicesOf, topicOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';

const events = eventsOf(checkout.rows);

/** By publishing service: the topic of its poison messages, which is that of its first event in the table. */
export const POISON_TOPICS: ReadonlyMap<string, string> = new Map(
  servicesOf(checkout.rows).flatMap((service) => {
    const first = events.find((event) => event.service === service);
    return first ? [[service, topicOf(checkout, first)] as const] : [];
  }),
);
