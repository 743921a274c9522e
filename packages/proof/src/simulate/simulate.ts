import type { ServiceSteps } from '@quadrille/choreography';
import { onCrashPoint } from '@quadrille/crash-points';
import { checkoutParts } from '../checkout/steps.js';
import { Chance } from './chance.js';
import { Customers, customersOf, ordersOf } from './customers.js';
import { makeFaults } from './faults.js';
import {
  type Broken,
  brokenAtTheEnd,
  brokenNow,
  endingsOf,
  haveEnded,
  lateAlthoughUntouched,
  sometimesIn,
} from './findings.js';
import { Journal } from './journal.js';
import type { Run } from './life.js';
import { faultsUntilMs, type Plan, planOf } from './plan.js';
import { SimulatedSystem } from './simulated-system.js';
import { Triggers } from './triggers.js';
import { VirtualTime } from './virtual-time.js';

/** Enough for some of what a customer orders, in minor units. */
const FUNDS = 30_000;
/** Of each SKU, for each order: less than what is asked for. */
const PIECES_AN_ORDER = 0.8;
/** How long after the last fault every order must have ended: longer than all deadlines and pauses one after the other. */
const RECOVERY_MS = 180_000;
/** How often the promises of every moment are checked. */
const CHECK_MS = 500;
/** The same, when nothing goes wrong any more for a while: then something is stuck, and will be. */
const CHECK_LATE_MS = 5_000;
const LATE_AFTER_MS = 30_000;
/** When a transaction is open, what is kept must not be looked at yet. */
const CHECK_AGAIN_MS = 7;

/** What a simulated run has shown. */
export interface Simulated {
  readonly seed: number;
  readonly orders: number;
  readonly faults: number;
  /** The same for the same seed, to the last event. */
  readonly fingerprint: string;
  readonly virtualMs: number;
  readonly endings: Readonly<Record<string, number>>;
  /** How often each rare situation came up. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** How often each crash point was passed. */
  readonly passages: Readonly<Record<string, number>>;
  readonly violations: readonly Broken[];
  /** The last that happened. */
  readonly lines: readonly string[];
}

/** Runs the whole plan of a seed: see {@link simulatePlan}. */
export const simulate = (seed: number, count: number, parts?: readonly ServiceSteps[]): Promise<Simulated> =>
  simulatePlan(planOf(seed, count), parts);

/**
 * Runs the whole system in memory and virtual time, with the orders and faults of a plan, and checks the promises all along
 * and at the end. Takes the time, the randomness and the crash points of the whole process meanwhile: nothing else may run.
 */
export async function simulatePlan(plan: Plan, parts: readonly ServiceSteps[] = checkoutParts): Promise<Simulated> {
  const time = new VirtualTime();
  const journal = new Journal(() => time.now);
  const chanceOf = (name: string) => Chance.of(plan.seed, name);
  const run: Run = { time, journal, triggers: new Triggers(), chanceOf };
  const uninstall = time.install(chanceOf('everything else'));
  try {
    return await simulateIn(run, plan, parts);
  } finally {
    uninstall();
    onCrashPoint(undefined);
  }
}

async function simulateIn(run: Run, plan: Plan, parts: readonly ServiceSteps[]): Promise<Simulated> {
  const { time, journal } = run;
  const { seed, count } = plan;
  const system = new SimulatedSystem(run, parts);
  onCrashPoint(system.passes);
  const orders = ordersOf(plan);
  system.provide(customersOf(plan), Math.ceil(count * PIECES_AN_ORDER), FUNDS, orders[0]!);
  const buying = new Customers(run, (chance) => system.someProcessOf('order', chance));
  buying.begin(orders, plan);
  makeFaults(run, system, plan);

  const broken: Broken[] = [];
  let isOver = false;
  const look = (): void => {
    if (!system.isBetweenTransactions()) return void time.plan(CHECK_AGAIN_MS, look);
    broken.push(...brokenNow(system, orders));
    if (plan.isNarrow) broken.push(...lateAlthoughUntouched(system, orders, buying.placedAt, time.now));
    isOver = time.now > faultsUntilMs(count) && buying.areDone && system.isQuiet() && haveEnded(system, orders);
    time.plan(time.now > faultsUntilMs(count) + LATE_AFTER_MS ? CHECK_LATE_MS : CHECK_MS, look);
  };
  look();
  await time.run(faultsUntilMs(count) + RECOVERY_MS, () => broken.length > 0 || isOver);
  return {
    seed,
    orders: orders.length,
    faults: plan.faults.length,
    fingerprint: journal.fingerprint,
    virtualMs: Math.round(time.now),
    endings: endingsOf(system, orders),
    sometimes: sometimesIn(system, journal),
    passages: Object.fromEntries(run.triggers.passages),
    violations: broken.length > 0 ? broken : brokenAtTheEnd(system, orders),
    lines: journal.lines.slice(-100),
  };
}
