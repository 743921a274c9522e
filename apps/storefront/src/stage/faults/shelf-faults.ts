import { setTimeout as pause } from 'node:timers/promises';
import { demandOk, PEOPLE, PRODUCTS, type ShopClient, SOLD_OUT } from '@quadrille/load';
import { Problem } from '@quadrille/nest';
import type { FaultName, FaultSwitch } from '../snapshot.js';
import { ready, type Switches, unavailable } from './switches.js';

/** The most one line of an order may ask for. */
const MAX_PIECES_AN_ORDER = 1_000_000;
/** What a refilled shelf is given: as much as `npm start` delivers. */
const DELIVERY_PIECES = 1_000_000;
/** Others buy at the same time, so that an order for all there is may come too late. */
const PURCHASES = 20;
const BETWEEN_PURCHASES_MS = 500;
/** Of a shelf that others buy from, so much at a time: nine tenths. */
const SAFE_SHARE = 0.9;

/** Where the collector lives. */
const ADDRESS = { name: 'A collector', line1: '1 Hoard Lane', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };
const SKUS = PRODUCTS.map(({ sku }) => sku).filter((sku) => sku !== SOLD_OUT);

/** Empties a shelf as the world does it: a collector orders all there is. So the books stay true; a delivery fills it again. */
export class ShelfFaults implements Switches {
  readonly faults = ['empty-shelf'] as const;
  private readonly buying = new Set<string>();

  constructor(private readonly shop: ShopClient) {}

  async look(): Promise<FaultSwitch[]> {
    return Promise.all(
      SKUS.map(async (sku) => {
        const available = await this.available(sku).catch(() => undefined);
        if (available === undefined) return unavailable('empty-shelf', sku, 'inventory does not answer.');
        const doing = this.buying.has(sku) ? 'a collector is buying it up' : null;
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
