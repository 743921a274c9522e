import { setTimeout as pause } from 'node:timers/promises';
import { demandOk, PEOPLE, PRODUCTS, type ShopClient, SOLD_OUT } from '@quadrille/load';
import { Problem } from '@quadrille/nest';
import type { FaultName, FaultSwitch } from '../snapshot.js';
import { ready, type Switches, unavailable } from './switches.js';

/** The maximum quantity of one order line. */
const MAX_PIECES_AN_ORDER = 1_000_000;
/** The size of a delivery, as in `npm start`. */
const DELIVERY_PIECES = 1_000_000;
/** Maximum number of purchases: concurrent buyers can make an order for the whole stock fail. */
const PURCHASES = 20;
const BETWEEN_PURCHASES_MS = 500;
/** The share of the stock per purchase while others buy: nine tenths. */
const SAFE_SHARE = 0.9;

/** The collector's address. */
const ADDRESS = { name: 'A collector', line1: '1 Hoard Lane', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };
const SKUS = PRODUCTS.map(({ sku }) => sku).filter((sku) => sku !== SOLD_OUT);

/** Empties a shelf with real orders of a collector, so that the books stay correct; a delivery refills it. */
export class ShelfFaults implements Switches {
  readonly faults = ['empty-shelf'] as const;
  private readonly buying = new Set<string>();

  constructor(private readonly shop: ShopClient) {}

  async look(): Promise<FaultSwitch[]> {
    return Promise.all(
      SKUS.map(async (sku) => {
        const available = await this.available(sku).catch(() => undefined);
        if (available === undefined) return unavailable('empty-shelf', sku, 'inventory does not respond.');
        const doing = this.buying.has(sku) ? 'a collector buys the stock' : null;
        return { ...ready('empty-shelf', sku, available === 0), doing };
      }),
    );
  }

  async set(_fault: FaultName, target: string | null, empty: boolean): Promise<void> {
    const sku = SKUS.find((each) => each === target);
    if (!sku) throw new Problem(422, 'unknown-target', `There is no shelf for ${target ?? 'nothing'}.`);
    if (!empty) return this.refill(sku);
    if (this.buying.has(sku)) return;
    this.buying.add(sku);
    void this.buyUp(sku)
      .catch(() => {})
      .finally(() => this.buying.delete(sku));
  }

  private async refill(sku: string): Promise<void> {
    if ((await this.available(sku)) > 0) return;
    demandOk(await this.shop.receiveStock(sku, DELIVERY_PIECES), `Delivering ${sku}`);
  }

  private async buyUp(sku: string): Promise<void> {
    for (let nth = 0; nth < PURCHASES; nth++) {
      const available = await this.available(sku);
      if (available === 0) return;
      const wanted = nth % 2 === 0 ? available : Math.ceil(available * SAFE_SHARE);
      await this.shop.placeOrder({
        customerId: PEOPLE.rich[nth % PEOPLE.rich.length]!,
        items: [{ sku, quantity: Math.min(wanted, MAX_PIECES_AN_ORDER) }],
        shippingAddress: ADDRESS,
        payment: { method: 'account' },
        currency: 'GBP',
      });
      await pause(BETWEEN_PURCHASES_MS);
    }
  }

  private async available(sku: string): Promise<number> {
    return demandOk(await this.shop.stock(sku), `The shelf of ${sku}`).body.available as number;
  }
}
