import { retrying, runSteps, settleAll } from '../calls.js';
import { claimInOrder, claimUnordered, dropClaim, isFirst } from '../claims.js';
import { executeInPhases, type Phases, type PhaseVerbs, phaseVerbs, resumeInPhases, STEPS } from '../phases.js';
import { COMPENSATES, type ParticipantContext, type Protocol, Refusal } from '../protocol.js';

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
    guarantees: COMPENSATES,
    participant: (context) => (kind === '2PS-OV' ? expiringVerbs(context) : claimingVerbs(context, kind)),
    execute: (request, at, my) => executeInPhases(phases, request, at, my),
    resume: (at, my) => resumeInPhases(phases, at, my),
    sweep: (context) => (kind === '2PS-OV' ? expire(context, expiryMs) : Promise.resolve()),
  };
};

/** Claim, validate, confirm. Inventory takes the pieces when all claims are valid, or reserves them when it validates. */
const claimAndValidate = (kind: Validated, takesLast = kind !== '3PS-reserving'): Phases<Verbs> => ({
  name: kind,
  async reserve(order, at) {
    await settleAll([at.payment.try(order), at.inventory.hold(order), at.shipping.try(order)]);
    if (!(await at.inventory.isValid(order))) throw new Refusal('out-of-stock');
  },
  confirm: (order, at, my) =>
    settleAll(
      Object.values(at).map((each) =>
        retrying(my, () => (each === at.inventory && takesLast ? each.act(order) : each.confirm(order))),
      ),
    ),
});

/** Reserve, wait, validate that every reservation is still there, confirm. */
const reserveAndVerify = (verifyAfterMs: number): Phases<Verbs> => ({
  name: '2PS-OV',
  async reserve(order, at, my) {
    await settleAll([at.payment.hold(order), at.inventory.hold(order), at.shipping.hold(order)]);
    await my.clock.sleep(verifyAfterMs);
    const valid = await settleAll([at.payment.isValid(order), at.inventory.isValid(order), at.shipping.isValid(order)]);
    if (valid.includes(false)) throw new Refusal('reservation-expired');
  },
  confirm: (order, at, my) => settleAll(Object.values(at).map((each) => retrying(my, () => each.confirm(order)))),
});

const claimingVerbs = (context: ParticipantContext, kind: Validated): Verbs => {
  const verbs = phaseVerbs(context);
  return {
    ...verbs,
    cancel: async (order) => {
      await verbs.cancel(order);
      await context.transaction((local) => dropClaim(local, order));
    },
    act: async (order) => {
      const answer = await verbs.act(order);
      await context.transaction((local) => dropClaim(local, order));
      return answer;
    },
    hold: (order) => (kind === '3PS-unordered' ? claimUnordered(context, order) : claimInOrder(context, order)),
    /** Reads only; 3PS-reserving turns the valid claim into a reservation in the same transaction. */
    isValid: (order) =>
      context.transaction(async (local) => {
        const isValid = await isFirst(local, order);
        if (!isValid || kind !== '3PS-reserving') return isValid;
        await runSteps(local, [STEPS[context.service].try], order);
        return dropClaim(local, order);
      }),
  };
};

const expiringVerbs = (context: ParticipantContext): Verbs => {
  const { try: first, cancel } = STEPS[context.service];
  return {
    ...phaseVerbs(context),
    /** The reservation and its expiry are one transaction. */
    hold: (order) =>
      context.transaction(async (local) => {
        await runSteps(local, [first], order);
        await local.records<Hold>('holds').insert(order.orderId, { order, since: context.clock.now() });
      }),
    /** Validates for good: a valid reservation expires no more. */
    isValid: (order) => context.transaction((local) => local.records('holds').delete(order.orderId)),
    cancel: (order) =>
      context.transaction(async (local) => {
        await local.step(cancel, order);
        await local.records('holds').delete(order.orderId);
      }),
  };
};

/** Cancels the reservations that were not validated in time. */
const expire = (context: ParticipantContext, expiryMs: number): Promise<void> =>
  context.transaction(async (local) => {
    for (const { key, value } of await local.records<Hold>('holds').list()) {
      if (context.clock.now() - value.since <= expiryMs) continue;
      await local.step(STEPS[context.service].cancel, { ...value.order, reason: 'reservation-expired' });
      await local.records('holds').delete(key);
    }
  });

const SUMMARIES: Readonly<Record<Validated, string>> = {
  '3PS': 'Guarantees in order, validates, then confirms.',
  '3PS-unordered': 'As 3PS, but claims become visible after their number is drawn: two can both be first.',
  '3PS-reserving': 'Guarantees in order, reserves valid claims, confirms: safe beside protocols that only reserve.',
  '2PS-OV': 'Reserves with an expiry, validates that all reservations are there, then confirms.',
};
