import { exampleOrder, type OrderDetails } from '@quadrille/contracts';
import { Chance } from './chance.js';
import type { Run } from './life.js';
import { lastOrderAtMs, type Plan } from './plan.js';
import type { ServiceProcess } from './service-process.js';

const SKUS = [
  { sku: 'TEAPOT', unitPrice: 3_400 },
  { sku: 'MUG-BLUE', unitPrice: 1_250 },
  { sku: 'SPOON', unitPrice: 300 },
] as const;
const TOKENS = ['tok_visa', 'tok_visa', 'tok_visa', 'tok_declined', 'tok_capture-declined'] as const;
const PATIENCE_MS = 3_000;
const CANCELS_ONE_IN = 6;
const ORDERS_A_CUSTOMER = 10;

/** All that is sold, with what it costs. */
export const catalogue = SKUS;

/** One id of many that look alike. */
export const idOf = (kind: number, nth: number): string =>
  `01980000-0000-7000-8${kind.toString(16).padStart(3, '0')}-${nth.toString(16).padStart(12, '0')}`;

/** What these customers order; some of it cannot be paid, is out of stock or goes where no carrier goes. */
export const ordersOf = ({ seed, count, orders }: Plan): OrderDetails[] =>
  orders.map((nth) => orderOf(Chance.of(seed, `order ${nth}`), nth, count));

/** Who may order anything of so many orders. */
export const customersOf = ({ count }: Plan): string[] =>
  Array.from({ length: Math.ceil(count / ORDERS_A_CUSTOMER) }, (_, nth) => idOf(2, nth));

function orderOf(chance: Chance, nth: number, count: number): OrderDetails {
  const lines = SKUS.filter(() => chance.oneIn(2));
  const items = (lines.length > 0 ? lines : [SKUS[0]]).map((line) => ({ ...line, quantity: chance.between(1, 3) }));
  const example = exampleOrder();
  return {
    ...example,
    orderId: idOf(1, nth),
    customerId: idOf(2, chance.between(0, Math.ceil(count / ORDERS_A_CUSTOMER) - 1)),
    items,
    total: items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
    payment: chance.oneIn(2) ? { method: 'account' as const } : { method: 'card' as const, token: chance.pick(TOKENS) },
    shippingAddress: { ...example.shippingAddress, country: chance.oneIn(12) ? 'AQ' : 'GB' },
  };
}

/** Everybody who orders. Whoever has no answer asks again under the same key, maybe another process. */
export class Customers {
  private busy = 0;
  /** When the order of each was taken, in milliseconds since the beginning. */
  readonly placedAt = new Map<string, number>();

  constructor(
    private readonly run: Run,
    private readonly reach: (chance: Chance) => ServiceProcess | undefined,
  ) {}

  get areDone(): boolean {
    return this.busy === 0;
  }

  begin(orders: readonly OrderDetails[], { count }: Plan): void {
    for (const order of orders) {
      const chance = this.run.chanceOf(`customer of ${order.orderId}`);
      this.busy++;
      this.run.time.plan(chance.between(0, lastOrderAtMs(count)), () => {
        void this.buy(order, chance).then(() => this.busy--);
      });
    }
  }

  private async buy(order: OrderDetails, chance: Chance): Promise<void> {
    const { orderId, customerId, items, currency, payment, shippingAddress } = order;
    const lines = items.map(({ sku, quantity }) => ({ sku, quantity }));
    const request = { orderId, customerId, items: lines, currency, payment, shippingAddress };
    await this.insist('place-order', request, orderId, chance);
    this.placedAt.set(orderId, this.run.time.now);
    if (!chance.oneIn(CANCELS_ONE_IN)) return;
    await this.run.time.pass(chance.between(0, 1_500));
    await this.insist('request-cancellation', { orderId, reason: 'changed-my-mind' }, orderId, chance);
  }

  private async insist(step: string, data: object, orderId: string, chance: Chance): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const answer = await Promise.race([
        this.ask(step, data, orderId, chance),
        this.run.time.pass(PATIENCE_MS).then(() => undefined),
      ]);
      if (answer !== undefined) return this.run.journal.note(`${step} ${answer}`, orderId);
      this.run.journal.note('customer asks again', `${step} ${orderId} ${attempt}`);
      await this.run.time.pass(chance.between(10, 500));
    }
  }

  private async ask(step: string, data: object, orderId: string, chance: Chance): Promise<string | undefined> {
    try {
      const outcome = await this.reach(chance)?.command(step, data, orderId, `${step} ${orderId}`);
      return outcome && ('refused' in outcome ? `refused: ${outcome.refused.refused}` : 'answered');
    } catch {
      return undefined;
    }
  }
}
