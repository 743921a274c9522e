import { asyncApi } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { type TopicFacts, topicFacts } from '@quadrille/operate/topic-facts';

/** Every topic of the shop. */
export const topics = (): TopicFacts[] => topicFacts(checkout, shop);

/** The AsyncAPI document of the shop. */
export const asyncApiOfShop = (version: string): Record<string, unknown> =>
  asyncApi(checkout, shop, {
    title: 'Quadrille shop',
    version,
    description: 'Order, payment, inventory and shipping drive and compensate the checkout by these events alone.',
  });
