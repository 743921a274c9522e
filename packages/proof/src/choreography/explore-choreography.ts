import type { ExploreScenario, QuadrilleConfig, ServiceSteps } from '@quadrille/choreography';
import { UnexploredKey } from '../explore/committing.js';
import { type Explored, explore } from '../explore/explore.js';
import { CallFailed } from '../explore/gateways.js';
import type { Assumptions } from '../explore/system.js';
import { endingsOf, promisesOf, type SagaEnding } from './promises.js';
import { systemOf } from './system-of.js';
import { Unusable } from './unusable.js';

/** The result of exploring one scenario. */
export interface ExploredSagas extends Explored<readonly SagaEnding[]> {
  readonly name: string;
}

/**
 * Explores one scenario of any choreography. `bound`: the maximum number of states. Throws {@link Unusable} with the correction.
 */
export async function exploreScenario(
  config: QuadrilleConfig,
  parts: readonly ServiceSteps[],
  scenario: ExploreScenario,
  assumptions: Assumptions,
  bound: number,
): Promise<ExploredSagas> {
  const { choreography, promises = [] } = config;
  const system = systemOf(config, parts, scenario, assumptions);
  try {
    const explored = await explore(system, {
      promises: [...promises, ...promisesOf(choreography, system.keys)],
      ending: (look) => endingsOf(choreography, system.keys, look),
      bound,
    });
    return { name: scenario.name, ...explored };
  } catch (error) {
    if (error instanceof UnexploredKey) {
      throw new Unusable(
        `In the scenario '${scenario.name}', ${error.event} has the key '${error.key}', which no command has: explore follows the keys of the commands.`,
      );
    }
    if (error instanceof CallFailed) {
      throw new Unusable(`${error.message}. Let the gateway of the scenario '${scenario.name}' return a value.`);
    }
    throw error;
  }
}
