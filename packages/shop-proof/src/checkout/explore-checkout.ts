import type { ServiceSteps } from '@quadrille/choreography';
import { type Explored, explore } from '@quadrille/proof/explore/explore';
import type { Assumptions } from '@quadrille/proof/explore/system';
import { type JointEnding, jointEnding, promisesTo } from './promises.js';
import { type Circumstances, scenario } from './scenarios.js';

/** The result of exploring one scenario. */
export interface ExploredScenario extends Explored<readonly JointEnding[]> {
  readonly name: string;
}

/** Explores some orders under some circumstances. `parts`: the services' steps; `bound`: the maximum number of states. */
export async function exploreCheckout(
  orders: number,
  circumstances: Circumstances,
  assumptions: Assumptions,
  { parts, bound }: { readonly parts?: readonly ServiceSteps[]; readonly bound?: number } = {},
): Promise<ExploredScenario> {
  const { name, system, orders: all } = scenario(orders, circumstances, assumptions, parts);
  const explored = await explore(system, {
    promises: promisesTo(all),
    ending(look) {
      const ending = all.map((order) => jointEnding(look, order));
      return ending.some(({ order }) => order === 'none') ? undefined : ending;
    },
    ...(bound !== undefined && { bound }),
  });
  return { name, ...explored };
}
