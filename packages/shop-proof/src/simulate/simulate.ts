import type { ServiceSteps } from '@quadrille/choreography';
import { type Plan, planOf } from '@quadrille/proof/simulate/plan';
import { type Shrunk, shrink as shrinkModel } from '@quadrille/proof/simulate/shrink';
import { type Simulated, simulatePlan as simulateModel } from '@quadrille/proof/simulate/simulate';
import { checkoutModel } from './checkout-model.js';

/** Simulates the checkout with all orders and faults of a seed. */
export const simulate = (seed: number, count: number, parts?: readonly ServiceSteps[]): Promise<Simulated> =>
  simulatePlan(planOf(seed, count), parts);

/** Simulates the checkout with the orders and faults of a plan. */
export const simulatePlan = (plan: Plan, parts?: readonly ServiceSteps[]): Promise<Simulated> =>
  simulateModel(plan, checkoutModel(parts));

/** Removes all orders and faults from a plan that its broken promise does not need. */
export const shrink = (broken: Plan, parts?: readonly ServiceSteps[], lookForMs?: number): Promise<Shrunk> =>
  shrinkModel(broken, checkoutModel(parts), lookForMs);
