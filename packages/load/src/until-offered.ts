import { setTimeout as pause } from 'node:timers/promises';
import type { ShopClient } from './shop-client.js';

const LOOK_EVERY_MS = 25;
/** Maximum wait in ms: the order service consumes the product from an event, and a starting system is slow. */
const OFFERED_WITHIN_MS = 30_000;

/** Waits until a listed product can be ordered at its price: inventory lists it, and the order service consumes the event. */
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
