import { asyncProperty, check, subarray } from 'fast-check';
import type { SimulatedModel } from './model.js';
import { type Plan, restricted } from './plan.js';
import { type Simulated, simulatePlan } from './simulate.js';

/** Time limit of the search; then the smallest run so far is returned. */
const LOOK_FOR_MS = 90_000;

/** The smallest run that still breaks a promise. */
export interface Shrunk {
  readonly plan: Plan;
  readonly simulated: Simulated;
  /** The number of runs of the search. */
  readonly tried: number;
}

/** Removes as many orders and faults as possible from a plan that breaks a promise, while it still breaks one. */
export async function shrink(broken: Plan, model: SimulatedModel, lookForMs = LOOK_FOR_MS): Promise<Shrunk> {
  const until = performance.now() + lookForMs;
  let smallest: Omit<Shrunk, 'tried'> | undefined;
  let tried = 0;
  const holdsPromises = async (orders: readonly number[], faults: readonly number[]): Promise<boolean> => {
    if (performance.now() > until) return true;
    tried++;
    const plan = restricted(broken, orders, faults);
    const simulated = await simulatePlan(plan, model);
    if (simulated.violations.length === 0) return true;
    // fast-check moves from a failing run to a smaller failing run: the last is the smallest.
    smallest = { plan, simulated };
    return false;
  };
  const [orders, faults] = [[...broken.orders], broken.faults.map((_, at) => at)];
  await check(asyncProperty(subarray(orders, { minLength: 1 }), subarray(faults), holdsPromises), {
    numRuns: 1,
    examples: [[orders, faults]],
  });
  if (!smallest) throw new Error(`Seed ${broken.seed} breaks no promise when it is repeated.`);
  return { ...smallest, tried };
}

/** The word for sagas in options: `--orders` for the shop. */
export type Noun = 'orders' | 'sagas';

/** The command that repeats a run. */
export function commandOf({ seed, count, orders, faultNumbers }: Plan, noun: Noun): string {
  const only = orders.length < count ? ` --only-${noun} ${orders.join()}` : '';
  return `npx quadrille simulate --seed ${seed} --${noun} ${count}${only} --only-faults ${faultNumbers.join() || 'none'}`;
}
