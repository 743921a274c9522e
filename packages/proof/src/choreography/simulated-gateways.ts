import type { ExploreScenario, ServiceSteps } from '@quadrille/choreography';
import type { Life, Run } from '../simulate/life.js';
import { Party, type SimulatedParties } from '../simulate/simulated-parties.js';
import { Unusable } from './unusable.js';

/** The gateways of a scenario, each service's as one external party. Throws {@link Unusable} with the correction. */
export function simulatedGateways(
  parts: readonly ServiceSteps[],
  { name, gateways = {} }: ExploreScenario,
): (run: Run) => SimulatedParties {
  for (const { service, steps } of parts) {
    const calling = steps.find(({ call }) => call);
    if (!calling || service in gateways) continue;
    throw new Unusable(
      `The step '${calling.name}' calls a gateway: add gateways: { ${service}: … } to the scenario '${name}'.`,
    );
  }
  return (run) => {
    const parties = Object.keys(gateways).map((service) => new Party(run, service));
    const gatewaysOf = (service: string, life: Life) => {
      const party = parties.find((each) => each.name === service);
      return party && throughParty(gateways[service], party, life);
    };
    return { parties, gatewaysOf, stateOf: () => undefined };
  };
}

/** Wraps a gateway so that each call goes through a party. */
function throughParty(gateway: unknown, party: Party, life: Life, path = party.name): unknown {
  if (typeof gateway === 'function') {
    return (...args: unknown[]) => party.call(life, path, async () => gateway(...args));
  }
  if (typeof gateway !== 'object' || gateway === null) return gateway;
  return new Proxy(gateway, {
    get(target, name) {
      const member = Reflect.get(target, name);
      const bound = typeof member === 'function' ? member.bind(target) : member;
      return throughParty(bound, party, life, `${path}.${String(name)}`);
    },
  });
}
