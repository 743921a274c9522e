import { claimInOrder, claimUnordered, dropClaim, isFirst } from '../claims.js';
import { carryInPhases, type Phases, type PhaseVerbs, phaseVerbs, resumeInPhases, STEPS } from '../phases.js';
import { COMPENSATES, type Here, type Protocol, Refusal } from '../protocol.js';
import { all, forward, insisting } from '../several.js';

export const VALIDATED = ['3PS', '3PS-unordered', '3PS-reserving', '2PS-OV'] as const;
export type Validated = (typeof VALIDATED)[number];

export interface ValidationOptions {
  /** A reservation that is older cancels itself (2PS-OV). */
  readonly expiryMs: number;
  /** The pause between reservation and validation (2PS-OV). */
  readonly verifyAfterMs: number;
}

type Verbs = PhaseVerbs & Readonly<Record<'hold' | 'isValid', (...json: any[]) => Promise<any>>>;
type Hold = Readonly<{ order: any; since: number }>;

/** Sagas that validate before they confirm: claims in three phases (3PS), or reservations by optimistic validation (2PS-OV). */
export const validatedSaga = (kind: Validated, { expiryMs, verifyAfterMs }: ValidationOptions): Protocol<Verbs> => {
  const phases = kind === '2PS-OV' ? reserveAndVerify(verifyAfterMs) : claimAndValidate(kind);
  return {
    name: kind,
    summary: SUMMARIES[kind],
    claims: COMPENSATES,
    participant: (here) => (kind === '2PS-OV' ? expiringVerbs(here) : claimingVerbs(here, kind)),
    carry: (request, at, my) => carryInPhases(phases, request, at, my),
    resume: (at, my) => resumeInPhases(phases, at, my),
    sweep: (here) => (kind === '2PS-OV' ? expire(here, expiryMs) : Promise.resolve()),
  };
};

/** Claim, validate, confirm. Inventory takes the pieces when all claims are valid, or reserves them when it validates. */
const claimAndValidate = (kind: Validated, takesLast = kind !== '3PS-reserving'): Phases<Verbs> => ({
  name: kind,
  async reserve(order, at) {
    await all([at.payment.try(order), at.inventory.hold(order), at.shipping.try(order)]);
    if (!(await at.inventory.isValid(order))) throw new Refusal('out-of-stock');
  },
  confirm: (order, at, my) =>
    all(
      Object.values(at).map((each) =>
        insisting(my, () => (each === at.inventory && takesLast ? each.act(order) : each.confirm(order))),
      ),
    ),
});

/** Reserve, wait, validate that every reservation is still there, confirm. */
const reserveAndVerify = (verifyAfterMs: number): Phases<Verbs> => ({
  name: '2PS-OV',
  async reserve(order, at, my) {
    await all([at.payment.hold(order), at.inventory.hold(order), at.shipping.hold(order)]);
    await my.clock.sleep(verifyAfterMs);
    const valid = await all([at.payment.isValid(order), at.inventory.isValid(order), at.shipping.isValid(order)]);
    if (valid.includes(false)) throw new Refusal('reservation-expired');
  },
  confirm: (order, at, my) => all(Object.values(at).map((each) => insisting(my, () => each.confirm(order)))),
});

const claimingVerbs = (here: Here, kind: Validated): Verbs => {
  const verbs = phaseVerbs(here);
  return {
    ...verbs,
    cancel: async (order) => {
      await verbs.cancel(order);
      await here.transaction((local) => dropClaim(local, order));
    },
    act: async (order) => {
      const answer = await verbs.act(order);
      await here.transaction((local) => dropClaim(local, order));
      return answer;
    },
    hold: (order) => (kind === '3PS-unordered' ? claimUnordered(here, order) : claimInOrder(here, order)),
    /** Reads only; 3PS-reserving turns the valid claim into a reservation in the same transaction. */
    isValid: (order) =>
      here.transaction(async (local) => {
        const isValid = await isFirst(local, order);
        if (!isValid || kind !== '3PS-reserving') return isValid;
        await forward(local, [STEPS[here.service].try], order);
        return dropClaim(local, order);
      }),
  };
};

const expiringVerbs = (here: Here): Verbs => {
  const { try: first, cancel } = STEPS[here.service];
  return {
    ...phaseVerbs(here),
    /** The reservation and its expiry are one transaction. */
    hold: (order) =>
      here.transaction(async (local) => {
        await forward(local, [first], order);
        await local.records<Hold>('holds').insert(order.orderId, { order, since: here.clock.now() });
      }),
    /** Validates for good: a valid reservation expires no more. */
    isValid: (order) => here.transaction((local) => local.records('holds').delete(order.orderId)),
    cancel: (order) =>
      here.transaction(async (local) => {
        await local.step(cancel, order);
        await local.records('holds').delete(order.orderId);
      }),
  };
};

/** Cancels the reservations that were not validated in time. */
const expire = (here: Here, expiryMs: number): Promise<void> =>
  here.transaction(async (local) => {
    for (const { key, value } of await local.records<Hold>('holds').list()) {
      if (here.clock.now() - value.since <= expiryMs) continue;
      await local.step(STEPS[here.service].cancel, { ...value.order, reason: 'reservation-expired' });
      await local.records('holds').delete(key);
    }
  });

const SUMMARIES: Readonly<Record<Validated, string>> = {
  '3PS': 'Claims in order, validates, then confirms.',
  '3PS-unordered': 'As 3PS, but claims become visible after their number is drawn: two can both be first.',
  '3PS-reserving': 'Claims in order, reserves valid claims, confirms: safe beside protocols that only reserve.',
  '2PS-OV': 'Reserves with an expiry, validates that all reservations are there, then confirms.',
};
