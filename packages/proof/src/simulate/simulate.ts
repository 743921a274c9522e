import { onCrashPoint } from '@quadrille/crash-points';
import { Callers } from './callers.js';
import { Chance } from './chance.js';
import { makeFaults } from './faults.js';
import {
  type Broken,
  brokenAtTheEnd,
  brokenNow,
  endingsOf,
  haveEnded,
  lateAlthoughUnaffected,
  sometimesIn,
} from './findings.js';
import { Journal } from './journal.js';
import type { Run } from './life.js';
import type { SimulatedModel } from './model.js';
import { faultsUntilMs, type Plan } from './plan.js';
import { SimulatedSystem } from './simulated-system.js';
import { Triggers } from './triggers.js';
import { VirtualTime } from './virtual-time.js';

/** Time after the last fault in which every saga must end: longer than the sum of all deadlines and pauses. */
const RECOVERY_MS = 180_000;
/** Interval of the checks of promises that hold always. */
const CHECK_MS = 500;
/** The interval when no fault has occurred for a while: the run is then stuck permanently. */
const CHECK_LATE_MS = 5_000;
const LATE_AFTER_MS = 30_000;
/** Retry interval while a transaction is open, because uncommitted states must not be checked. */
const CHECK_AGAIN_MS = 7;

/** The result of a simulated run. */
export interface Simulated {
  readonly seed: number;
  /** The number of started sagas. */
  readonly orders: number;
  readonly faults: number;
  /** Equal for the same seed and the same run. */
  readonly fingerprint: string;
  readonly virtualMs: number;
  readonly endings: Readonly<Record<string, number>>;
  /** The count of each rare situation. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** The count of passages per crash point. */
  readonly passages: Readonly<Record<string, number>>;
  readonly violations: readonly Broken[];
  /** The last lines of the journal. */
  readonly lines: readonly string[];
}

/**
 * Runs the whole system in memory and virtual time, with the sagas and faults of a plan, and checks the promises during the run
 * and at its end. Replaces the time, the randomness and the crash points of the whole process: nothing else may run concurrently.
 */
export async function simulatePlan(plan: Plan, model: SimulatedModel): Promise<Simulated> {
  const time = new VirtualTime();
  const journal = new Journal(() => time.now);
  const chanceOf = (name: string) => Chance.of(plan.seed, name);
  const run: Run = { time, journal, triggers: new Triggers(), chanceOf };
  const uninstall = time.install(chanceOf('everything else'));
  try {
    return await simulateIn(run, plan, model);
  } finally {
    uninstall();
    onCrashPoint(undefined);
  }
}

async function simulateIn(run: Run, plan: Plan, model: SimulatedModel): Promise<Simulated> {
  const { time, journal } = run;
  const { seed, count } = plan;
  const system = new SimulatedSystem(run, model);
  onCrashPoint(system.passes);
  const sagas = model.sagas(plan);
  model.provide(system.databaseOf, plan);
  const callers = new Callers(run, system.someProcessFor);
  callers.begin(sagas, plan);
  makeFaults(run, system, plan);
  const observed = { system, sagas, callers };

  const broken: Broken[] = [];
  let isOver = false;
  const look = (): void => {
    if (!system.isBetweenTransactions()) return void time.plan(CHECK_AGAIN_MS, look);
    broken.push(...brokenNow(observed));
    if (plan.isNarrow) broken.push(...lateAlthoughUnaffected(observed, time.now));
    isOver = time.now > faultsUntilMs(count) && callers.areDone && system.isQuiet() && haveEnded(observed);
    time.plan(time.now > faultsUntilMs(count) + LATE_AFTER_MS ? CHECK_LATE_MS : CHECK_MS, look);
  };
  look();
  await time.run(faultsUntilMs(count) + RECOVERY_MS, () => broken.length > 0 || isOver);
  return {
    seed,
    orders: sagas.length,
    faults: plan.faults.length,
    fingerprint: journal.fingerprint,
    virtualMs: Math.round(time.now),
    endings: endingsOf(observed),
    sometimes: sometimesIn(system, journal),
    passages: Object.fromEntries(run.triggers.passages),
    violations: broken.length > 0 ? broken : brokenAtTheEnd(observed),
    lines: journal.lines.slice(-100),
  };
}
