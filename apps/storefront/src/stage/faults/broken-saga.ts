import { topicsConsumedBy } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { demandOk, oneTeapot, PEOPLE, type ShopClient } from '@quadrille/load';
import { newId, Problem } from '@quadrille/nest';
import { bodyOf, look } from '../asking.js';
import type { TokenSource } from '../stage-operator.js';
import { demand } from './demand.js';

/** What kind of garbage, and what became of it. */
export interface Thrown {
  readonly topic: string;
  /** The order whose saga is held up by it; null where it concerns none. */
  readonly orderId: string | null;
}

/** Throws garbage on a topic: what nobody can read, or an event of a real order that is broken and holds its saga up. */
export class GarbageThrower {
  constructor(
    private readonly urls: Readonly<Record<string, string>>,
    private readonly shop: ShopClient,
    private readonly token: TokenSource = () => undefined,
  ) {}

  async unreadable(service: string): Promise<Thrown> {
    const { topic } = await this.put(service, 'unreadable', newId());
    return { topic, orderId: null };
  }

  /** The service hears nothing for a moment, so that the broken event comes before the true one of the same order. */
  async brokenEvent(service: string): Promise<Thrown> {
    const url = this.urlOf(service);
    const { heldTopics = [] } = (bodyOf(await look(`${url}/control`, this.token())) ?? {}) as { heldTopics?: string[] };
    const hold = (topics: readonly string[]) =>
      demand(service, 'PUT', `${url}/control/held-topics`, { topics }, this.token());
    await hold(topicsConsumedBy(checkout, shop, service));
    try {
      const placed = await this.shop.placeOrder(oneTeapot(PEOPLE));
      const orderId = demandOk(placed, 'The order').body.orderId as string;
      return { ...(await this.put(service, 'broken-event', orderId)), orderId };
    } finally {
      await hold(heldTopics);
    }
  }

  private put(service: string, kind: string, key: string): Promise<{ topic: string }> {
    return demand(service, 'POST', `${this.urlOf(service)}/control/garbage`, { kind, key }, this.token());
  }

  private urlOf(service: string): string {
    const url = this.urls[service];
    if (!url) throw new Problem(422, 'unknown-target', `Nobody said where ${service} is.`);
    return url;
  }
}
