import { eventsOf, servicesOf, topicOf, topicsConsumedBy } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';

const services = servicesOf(checkout.rows);
const events = eventsOf(checkout.rows);
const consumed = new Set(services.flatMap((service) => topicsConsumedBy(checkout, checkout.rows, service)));

/** By publishing service: the topic of its poison messages, which is that of its first event in the table, if a service consumes it. */
export const POISON_TOPICS: ReadonlyMap<string, string> = new Map(
  services.flatMap((service) => {
    const first = events.find((event) => event.service === service);
    const topic = first && topicOf(checkout, first);
    return topic !== undefined && consumed.has(topic) ? [[service, topic] as const] : [];
  }),
);
