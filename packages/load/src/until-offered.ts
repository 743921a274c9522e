import { setTimeout as pause } from 'node:timers/promises';
import type { ShopClient } from './shop-client.js';

const LOOK_EVERY_MS = 25;
/** Inventory tells the order service by an event; a system that starts up at the same time is slow. */
const OFFERED_WITHIN_MS = 30_000;

/** Waits until orders can be placed for a listed product at its price: inventory lists it, and the order service hears of it. */
export async function untilOffered(
  shop: ShopClient,
  { sku, price }: { readonly sku: string; readonly price: number },
): Promise<void> {
  const deadline = Date.now() + OFFERED_WITHIN_MS;
  for (;;) {
    const { status, body } = await shop.offer(sku);
    if (status === 200 && body.price === price) return;
    if (Date.now() > deadline) {
      throw new Error(
        `${sku} is not offered for ${price} after ${OFFERED_WITHIN_MS / 1_000} s; last answer: ${status}.`,
      );
    }
    await pause(LOOK_EVERY_MS);
  }
}
