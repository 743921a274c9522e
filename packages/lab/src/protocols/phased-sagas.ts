import { retrying, settleAll } from '../calls.js';
import { executeInPhases, type Phases, type PhaseVerbs, phaseVerbs, resumeInPhases } from '../phases.js';
import { COMPENSATES, type Protocol } from '../protocol.js';

export const PHASED = ['0.5PS', '1.5PS', '2PS'] as const;
export type Phased = (typeof PHASED)[number];

const OTHERS = ['payment', 'inventory', 'shipping'] as const;

/** Sagas by the number of their phases: the answers that the customer waits for, and the reservations that precede effects. */
export const phasedSaga = (kind: Phased): Protocol<PhaseVerbs> => ({
  name: kind,
  summary: SUMMARIES[kind],
  guarantees: kind === '0.5PS' ? { ...COMPENSATES, atomicity: 'none' } : COMPENSATES,
  participant: phaseVerbs,
  execute: (request, at, my) => executeInPhases(PHASES[kind], request, at, my),
  resume: (at, my) => resumeInPhases(PHASES[kind], at, my),
});

const PHASES: Readonly<Record<Phased, Phases<PhaseVerbs>>> = {
  /** Half a phase: all effects at once, repeated, never compensated, regardless of the answers. */
  '0.5PS': {
    name: '0.5PS',
    reserve: async () => {},
    async confirm(order, at, my) {
      await Promise.allSettled(OTHERS.map((each) => retrying(my, () => at[each].act(order))));
      await retrying(my, () => at.order.confirm(order));
    },
  },
  /** One and a half: the customer waits until money and goods are reserved. The confirmation and the parcel are the half phase. */
  '1.5PS': {
    name: '1.5PS',
    answersWhenDecided: true,
    reserve: (order, at) => settleAll([at.payment.try(order), at.inventory.try(order)]),
    async confirm(order, at, my) {
      await settleAll([at.payment, at.inventory, at.order].map((each) => retrying(my, () => each.confirm(order))));
      await retrying(my, () => at.shipping.act(order));
    },
  },
  /** Two: reserve everywhere, confirm everywhere. */
  '2PS': {
    name: '2PS',
    reserve: (order, at) => settleAll(OTHERS.map((each) => at[each].try(order))),
    confirm: (order, at, my) => settleAll(Object.values(at).map((each) => retrying(my, () => each.confirm(order)))),
  },
};

const SUMMARIES: Readonly<Record<Phased, string>> = {
  '0.5PS': 'Runs all steps at once, retries, never compensates: for clicks, not for orders.',
  '1.5PS': 'Answers once payment and stock are reserved; confirms and ships afterwards.',
  '2PS': 'Reserves everywhere, then confirms everywhere.',
};
