import { type ParticipantContext, type ParticipantTransaction, Refusal } from './protocol.js';

interface Claim {
  readonly sku: string;
  readonly quantity: number;
  readonly nth: number;
}

/** Draws the number in the transaction that publishes the claim, so no higher number can be visible before it. */
export async function claimInOrder(context: ParticipantContext, order: any): Promise<void> {
  await context.transaction(async (local) => show(local, order, await draw(local)));
}

/** Draws the number in a transaction of its own, as an identity column does. The claim becomes visible later, with the second commit. */
export async function claimUnordered(context: ParticipantContext, order: any): Promise<void> {
  const nth = await context.transaction(draw);
  await context.transaction((local) => show(local, order, nth));
}

/** Read-only. True if stock covers this claim and all visible claims with a smaller number. */
export async function isFirst(local: ParticipantTransaction, order: any): Promise<boolean> {
  const claims = local.records<Claim>('claims');
  const mine = await claims.get(order.orderId);
  if (!mine) return false;
  const before = (await claims.list()).filter(({ value }) => value.sku === mine.sku && value.nth <= mine.nth);
  const quantity = before.reduce((sum, { value }) => sum + value.quantity, 0);
  const draft = await local.draft('reserve-inventory', { ...order, items: [{ ...order.items[0], quantity }] });
  return draft.event?.type === 'InventoryReserved';
}

/** Deletes the claim of an order. */
export const dropClaim = (local: ParticipantTransaction, order: any): Promise<boolean> =>
  local.records('claims').delete(order.orderId);

async function draw(local: ParticipantTransaction): Promise<number> {
  const numbers = local.records<number>('claim-numbers');
  await numbers.insert('next', 0);
  const last = (await numbers.get('next'))!;
  if (!(await numbers.replace('next', last + 1, last))) throw new Refusal('lock-timeout');
  return last + 1;
}

/** A claim that arrives after the cancellation of its order is refused: nothing would drop it. */
async function show(local: ParticipantTransaction, { orderId, items }: any, nth: number): Promise<void> {
  if (await local.records('cancelled').get(orderId)) throw new Refusal('claim-out-of-turn');
  await local.records<Claim>('claims').insert(orderId, { sku: items[0].sku, quantity: items[0].quantity, nth });
}
