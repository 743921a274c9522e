import { claimInOrder, claimUnordered, dropClaim, isFirst } from '../claims.js';
import { STEPS } from '../phases.js';
import type { Coordinator, Participants, PlaceOrder, Protocol } from '../protocol.js';
import { NoAnswer, Refusal } from '../protocol.js';
import { all, everywhere, forward, reasonOf } from '../several.js';

export const PHASED = ['0.5PS', '1.5PS', '2PS', '3PS', '3PS-unordered'] as const;
export type Phased = (typeof PHASED)[number];

const OTHERS = ['payment', 'inventory', 'shipping'] as const;
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

type Verbs = Readonly<
  Record<'try' | 'confirm' | 'cancel' | 'act' | 'claim' | 'isValid', (...json: any[]) => Promise<any>>
>;

/** Sagas, named by the number of phases: which answers they await, and which effects they reserve first. */
export const phasedSaga = (kind: Phased): Protocol<Verbs> => ({
  name: kind,
  summary: SUMMARIES[kind],
  claims: {
    atomicity: kind === '0.5PS' ? 'none' : 'eventual',
    isolation: 'semantic locks',
    availability: 'does not block',
  },

  participant: (here) => {
    const { try: first, confirm, cancel } = STEPS[here.service];
    return {
      try: (order) => here.transaction((local) => forward(local, [first], order)),
      confirm: (order) => here.transaction((local) => local.step(confirm, order)),
      cancel: (order) => here.transaction((local) => dropClaim(local, order).then(() => local.step(cancel, order))),
      act: (order) =>
        here.transaction((local) => dropClaim(local, order).then(() => forward(local, [first, confirm], order))),
      claim: (order) => (kind === '3PS' ? claimInOrder(here, order) : claimUnordered(here, order)),
      isValid: (order) => here.transaction((local) => isFirst(local, order)),
    };
  },

  carry: (request, at, my) => CARRY[kind](request, at, my),
});

const CARRY: Readonly<Record<Phased, Protocol<Verbs>['carry']>> = {
  /** Half a phase: all steps at once, retried, never compensated. */
  async '0.5PS'(request, at, my) {
    const order = await at.order.try(request);
    await all(OTHERS.map((each) => insisting(my, () => at[each].act(order)).catch(() => {})));
    await insisting(my, () => at.order.confirm(order));
    return { orderId: request.orderId, status: 'COMPLETED' };
  },
  /** One and a half phases: the customer waits for money and goods, not for the parcel. */
  '1.5PS': async (request, at, my) => {
    const order = await at.order.try(request);
    const reason = await refusal(() => all([at.payment.try(order), at.inventory.try(order)]));
    if (reason) return undo(order, reason, at, my);
    await all([at.payment, at.inventory, at.order].map((each) => insisting(my, () => each.confirm(order))));
    await insisting(my, () => at.shipping.act(order));
    return { orderId: request.orderId, status: 'COMPLETED' };
  },
  /** Two phases: reserve everywhere, confirm everywhere. */
  '2PS': twoPhases,
  '3PS': threePhases,
  '3PS-unordered': threePhases,
};

async function twoPhases(request: PlaceOrder, at: Participants<Verbs>, my: Coordinator) {
  const order = await at.order.try(request);
  const reason = await refusal(() => all(OTHERS.map((each) => at[each].try(order))));
  if (reason) return undo(order, reason, at, my);
  await everywhere(at, (each) => insisting(my, () => each.confirm(order)));
  return { orderId: request.orderId, status: 'COMPLETED' as const };
}

/** Three phases: claim, validate, confirm. Inventory reserves nothing before all claims are valid. */
async function threePhases(request: PlaceOrder, at: Participants<Verbs>, my: Coordinator) {
  const order = await at.order.try(request);
  const reason = await refusal(async () => {
    await all([at.payment.try(order), at.inventory.claim(order), at.shipping.try(order)]);
    if (!(await at.inventory.isValid(order))) throw new Refusal('out-of-stock');
  });
  if (reason) return undo(order, reason, at, my);
  await everywhere(at, (each) => insisting(my, () => (each === at.inventory ? each.act(order) : each.confirm(order))));
  return { orderId: request.orderId, status: 'COMPLETED' as const };
}

/** Undefined if all calls succeeded; otherwise the reason of the first refusal. */
const refusal = (work: () => Promise<unknown>): Promise<string | undefined> => work().then(() => undefined, reasonOf);

async function undo(order: any, reason: string, at: Participants<Verbs>, my: Coordinator) {
  await everywhere(at, (each) => insisting(my, () => each.cancel({ ...order, reason })));
  return { orderId: order.orderId, status: 'CANCELLED' as const };
}

/** Retries while there is no answer. */
async function insisting<T>(my: Coordinator, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof NoAnswer) || attempt === ATTEMPTS) throw error;
      await my.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

const SUMMARIES: Readonly<Record<Phased, string>> = {
  '0.5PS': 'Runs all steps at once, retries, never compensates: for clicks, not for orders.',
  '1.5PS': 'Waits for payment and stock, ships afterwards.',
  '2PS': 'Reserves everywhere, then confirms everywhere.',
  '3PS': 'Claims in order, validates, then confirms.',
  '3PS-unordered': 'As 3PS, but claims become visible after their number is drawn: two can both be first.',
};
