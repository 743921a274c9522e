import { topicsConsumedBy } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { demandOk, oneTeapot, PEOPLE, type ShopClient } from '@quadrille/load';
import { newId, Problem } from '@quadrille/nest';
import { bodyOf, look } from '../requests.js';
import type { TokenSource } from '../stage-operator.js';
import { demand } from './demand.js';

/** A published poison message. */
export interface Thrown {
  readonly topic: string;
  /** The order whose saga it blocks; null if it concerns none. */
  readonly orderId: string | null;
}

/** Publishes poison messages: unreadable records, or an invalid event of a real order that blocks its saga. */
export class PoisonPublisher {
  constructor(
    private readonly urls: Readonly<Record<string, string>>,
    private readonly shop: ShopClient,
    private readonly token: TokenSource = () => undefined,
  ) {}

  async unreadable(service: string): Promise<Thrown> {
    const { topic } = await this.put(service, 'unreadable', newId());
    return { topic, orderId: null };
  }

  /** The service's consumer is paused for a moment, so that the invalid event precedes the real one of the same order. */
  async brokenEvent(service: string): Promise<Thrown> {
    const url = this.urlOf(service);
    const { pausedTopics = [] } = (bodyOf(await look(`${url}/control`, this.token())) ?? {}) as {
      pausedTopics?: string[];
    };
    const pause = (topics: readonly string[]) =>
      demand(service, 'PUT', `${url}/control/paused-topics`, { topics }, this.token());
    await pause(topicsConsumedBy(checkout, shop, service));
    try {
      const placed = await this.shop.placeOrder(oneTeapot(PEOPLE));
      const orderId = demandOk(placed, 'The order').body.orderId as string;
      return { ...(await this.put(service, 'broken-event', orderId)), orderId };
    } finally {
      await pause(pausedTopics);
    }
  }

  private put(service: string, kind: string, key: string): Promise<{ topic: string }> {
    return demand(service, 'POST', `${this.urlOf(service)}/control/poison-messages`, { kind, key }, this.token());
  }

  private urlOf(service: string): string {
    const url = this.urls[service];
    if (!url) throw new Problem(422, 'unknown-target', `The address of ${service} is not configured.`);
    return url;
  }
}
