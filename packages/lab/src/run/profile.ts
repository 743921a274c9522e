import { checkPromises, splitIn } from '../measure/measure.js';
import type { Choice } from '../protocols/adaptive.js';
import { bodyOf, halfHot, type OrderAt, type SentOrder, sendOrders } from './customers.js';
import type { LabSystem } from './lab-system.js';
import { type Runnable, untilAtRest } from './run.js';

/** A time in which the load, or the network, is of one kind. */
interface Phase {
  readonly name: string;
  /** The protocol that must carry the orders at its end. */
  readonly expected: Choice;
  /** Orders per second. */
  readonly rate: number;
  readonly burst?: number;
  readonly orderAt: OrderAt;
  readonly isCut?: true;
}

/** By account without money: payment refuses every fifth order. */
const declined: OrderAt = (nth) => {
  const body = bodyOf(false, nth);
  return { hot: false, body: nth % 5 === 0 ? { ...body, customerId: NOBODY } : body };
};
const NOBODY = '00000000-0000-4000-8000-000000000000';
const cold: OrderAt = (nth) => ({ hot: false, body: bodyOf(false, nth) });
const hot: OrderAt = (nth) => ({ hot: true, body: bodyOf(true, nth) });

const PHASES: readonly Phase[] = [
  { name: 'calm', expected: '2PS', rate: 6, orderAt: halfHot },
  { name: 'a fifth declined', expected: '2PS', rate: 6, orderAt: declined },
  { name: 'one product', expected: '3PS-reserving', rate: 8, burst: 8, orderAt: hot },
  { name: 'load', expected: 'orchestrated-saga', rate: 16, orderAt: cold },
  { name: 'partition', expected: 'orchestrated-saga', rate: 6, orderAt: cold, isCut: true },
];
/** Of a coordinator, per second: half of the load of two coordinators, and less than in the phase `load`. */
export const PROFILE_MAX_PER_SECOND = 6;
const PHASE_SECONDS = 20;

export interface PhaseSeen {
  readonly phase: string;
  readonly orders: number;
  readonly completed: number;
  /** The protocol of the last orders of each coordinator, and the one that was expected. */
  readonly choice: readonly string[];
  readonly expected: string;
  /** The most changes that one coordinator made. */
  readonly changes: number;
}

export interface ProfileSeen {
  readonly phases: readonly PhaseSeen[];
  readonly split: number;
  readonly open: number;
  readonly promisesHold: boolean;
}

/** Runs the phases one after the other, without a rest between them, and audits at the end. */
export async function runProfile(
  shop: Runnable & { readonly lab: LabSystem },
  print: (line: string) => void,
): Promise<ProfileSeen> {
  const phases: PhaseSeen[] = [];
  const settled: Promise<unknown>[] = [];
  const ordersByPhase: SentOrder[][] = [];
  for (const { name, rate, burst, orderAt, isCut } of PHASES) {
    print(`${name}: ${rate} orders/s for ${PHASE_SECONDS} s`);
    const sentOrders: SentOrder[] = [];
    ordersByPhase.push(sentOrders);
    if (isCut) shop.lab.cut();
    const load = await sendOrders(
      shop.place,
      { rate, seconds: PHASE_SECONDS, orderAt, ...(burst && { burst }) },
      sentOrders,
    );
    settled.push(load.settled);
    if (isCut) shop.lab.heal();
  }
  await Promise.all(settled);
  await untilAtRest(shop.databases);
  for (const [at, { name, expected }] of PHASES.entries()) phases.push(seenIn(name, expected, ordersByPhase[at]!));
  const { books: rows, verdicts } = await checkPromises(shop.databases);
  return {
    phases,
    split: splitIn(verdicts).size,
    open: rows.orders.filter(({ endedAt }) => endedAt === null).length,
    promisesHold: verdicts.every(({ holds }) => holds),
  };
}

function seenIn(phase: string, expected: string, sentOrders: readonly SentOrder[]): PhaseSeen {
  const byDriver = [0, 1].map((driver) =>
    sentOrders.flatMap(({ by, driver: own }) => (own === driver && by ? [by] : [])),
  );
  const changesOf = (all: readonly string[]) => all.filter((each, at) => at > 0 && each !== all[at - 1]).length;
  return {
    phase,
    orders: sentOrders.length,
    completed: sentOrders.filter(({ status }) => status === 'COMPLETED').length,
    choice: byDriver.map((all) => all.at(-1) ?? 'none'),
    expected,
    changes: Math.max(...byDriver.map(changesOf)),
  };
}
