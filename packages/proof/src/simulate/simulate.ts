import type { Part } from '@quadrille/choreography';
import { checkoutParts } from '../checkout/steps.js';
import { Chance } from './chance.js';
import { Customers, idOf, ordersOf } from './customers.js';
import { makeFaults } from './faults.js';
import { type Broken, brokenAtTheEnd, brokenNow, endingsOf, haveEnded, sometimesIn } from './findings.js';
import { Journal } from './journal.js';
import type { Run } from './life.js';
import { SimulatedSystem } from './simulated-system.js';
import { VirtualTime } from './virtual-time.js';

const ORDERS_A_CUSTOMER = 10;
/** Enough for some of what a customer orders, in minor units. */
const FUNDS = 30_000;
/** Of each SKU, for each order: less than what is asked for. */
const PIECES_AN_ORDER = 0.8;
/** How long after the last fault every order must have ended: longer than all deadlines and pauses one after the other. */
const RECOVERY_MS = 180_000;
const FAULTS_AFTER_LAST_ORDER_MS = 10_000;
/** How often the promises of every moment are checked. */
const CHECK_MS = 500;
/** When a transaction is open, what is kept must not be looked at yet. */
const CHECK_AGAIN_MS = 7;

/** What a simulated run has shown. */
export interface Simulated {
  readonly seed: number;
  readonly orders: number;
  /** The same for the same seed, to the last event. */
  readonly fingerprint: string;
  readonly virtualMs: number;
  readonly endings: Readonly<Record<string, number>>;
  /** How often each rare situation came up. */
  readonly sometimes: Readonly<Record<string, number>>;
  readonly violations: readonly Broken[];
  /** The last that happened. */
  readonly lines: readonly string[];
}

/**
 * Runs the whole system in memory and virtual time, with faults that follow from the seed, and checks the promises all along
 * and at the end. Takes the time and the randomness of the whole process meanwhile: nothing else may run.
 */
export async function simulate(
  seed: number,
  count: number,
  parts: readonly Part[] = checkoutParts,
): Promise<Simulated> {
  const time = new VirtualTime();
  const chance = new Chance(seed);
  const uninstall = time.install(chance);
  try {
    return await simulateIn(time, chance, seed, count, parts);
  } finally {
    uninstall();
  }
}

async function simulateIn(
  time: VirtualTime,
  chance: Chance,
  seed: number,
  count: number,
  parts: readonly Part[],
): Promise<Simulated> {
  const journal = new Journal(() => time.now);
  const faultsUntil = Customers.lastAtMs(count) + FAULTS_AFTER_LAST_ORDER_MS;
  const run: Run = { time, chance, journal, faulty: () => time.now < faultsUntil };
  const system = new SimulatedSystem(run, parts);
  const customers = Array.from({ length: Math.ceil(count / ORDERS_A_CUSTOMER) }, (_, nth) => idOf(2, nth));
  const orders = ordersOf(run, count, customers);
  system.provide(customers, Math.ceil(count * PIECES_AN_ORDER), FUNDS, orders[0]!);
  const buying = new Customers(run, () => system.someProcessOf('order'));
  buying.begin(orders);
  void makeFaults(run, system);

  const broken: Broken[] = [];
  let isOver = false;
  const look = (): void => {
    if (!system.isBetweenTransactions()) return void time.plan(CHECK_AGAIN_MS, look);
    broken.push(...brokenNow(system, orders));
    isOver = !run.faulty() && buying.areDone && system.isQuiet() && haveEnded(system, orders);
    time.plan(CHECK_MS, look);
  };
  look();
  await time.run(faultsUntil + RECOVERY_MS, () => broken.length > 0 || isOver);
  return {
    seed,
    orders: count,
    fingerprint: journal.fingerprint,
    virtualMs: Math.round(time.now),
    endings: endingsOf(system, orders),
    sometimes: sometimesIn(system, journal),
    violations: broken.length > 0 ? broken : brokenAtTheEnd(system, orders),
    lines: journal.lines.slice(-100),
  };
}
