import {
  type Load,
  loadAtRate,
  ORDER_KINDS,
  type OrderKind,
  PEOPLE,
  type ShopClient,
  USUAL_SHARES,
} from '@quadrille/load';
import type { LoadOnStage } from './snapshot.js';

/** Maximum load: with eight events per order, it is well above 1,000 events per second. */
export const MAX_ORDERS_PER_SECOND = 200;
/** The names of all kinds of orders. */
export const KINDS = Object.keys(USUAL_SHARES) as [string, ...string[]];
const UNDELIVERABLE = 'undeliverable';

/** A requested change. */
export interface LoadChange {
  /** 0 stops it. */
  readonly ordersPerSecond?: number | undefined;
  readonly shares?: Readonly<Record<string, number>> | undefined;
}

/** The load generator of the stage, shared by all viewers. */
export class OrdersLoad {
  private load: Load | undefined;
  private ordersPerSecond = 0;
  private shares: Readonly<Record<string, number>> = USUAL_SHARES;
  /** Half of the orders have an undeliverable destination. */
  private astray = false;

  constructor(private readonly shop: ShopClient) {}

  /**
   * Applies a change; omitted values and shares are unchanged. Returns false, without a change, if no kind would have a share.
   */
  change({ ordersPerSecond = this.ordersPerSecond, shares }: LoadChange): boolean {
    const all = { ...this.shares, ...shares };
    if (!Object.values(all).some((share) => share > 0)) return false;
    this.ordersPerSecond = ordersPerSecond;
    this.shares = all;
    this.apply();
    return true;
  }

  get undeliverable(): boolean {
    return this.astray;
  }

  set undeliverable(astray: boolean) {
    this.astray = astray;
    this.apply();
  }

  state(): LoadOnStage {
    const counts = this.load?.counts() ?? { accepted: 0, failed: 0, leftOut: 0, lastFailure: null };
    const { accepted, failed, leftOut, lastFailure } = counts;
    const { ordersPerSecond, shares } = this;
    const maxOrdersPerSecond = MAX_ORDERS_PER_SECOND;
    return {
      ordersPerSecond,
      maxOrdersPerSecond,
      shares,
      usualShares: USUAL_SHARES,
      accepted,
      failed,
      leftOut,
      lastFailure,
    };
  }

  async stop(): Promise<void> {
    await this.load?.stop();
    this.load = undefined;
  }

  private apply(): void {
    const plan = { ordersPerSecond: this.ordersPerSecond, kinds: kindsOf(this.shares, this.astray) };
    if (this.load) this.load.change(plan);
    else if (plan.ordersPerSecond > 0) this.load = loadAtRate(this.shop, PEOPLE, plan);
  }
}

/** The kinds with these shares, doubled by undeliverable ones if orders go astray. Kinds without a share are omitted. */
export function kindsOf(shares: Readonly<Record<string, number>>, astray: boolean): OrderKind[] {
  const kinds = ORDER_KINDS.map((kind) => ({ ...kind, share: shares[kind.name] ?? 0 }));
  const whole = kinds.reduce((sum, { share }) => sum + share, 0);
  return kinds
    .map((kind) => (astray && kind.name === UNDELIVERABLE ? { ...kind, share: kind.share + whole } : kind))
    .filter(({ share }) => share > 0);
}
