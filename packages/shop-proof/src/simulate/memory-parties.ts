import { withoutKeys } from '@quadrille/choreography';
import type { GatewayParty } from '@quadrille/proof/explore/system';
import type { Life, Run } from '@quadrille/proof/simulate/life';
import { Party, type SimulatedParties } from '@quadrille/proof/simulate/simulated-parties';
import { carriers } from '../checkout/carriers.js';
import { provider } from '../checkout/provider.js';

/** A party with a state per reference. */
class RememberingParty<State> extends Party {
  private readonly states = new Map<string, State>();

  constructor(
    run: Run,
    private readonly world: GatewayParty<State>,
    private readonly port: string,
  ) {
    super(run, world.name);
  }

  stateOf = (reference: string): State => this.states.get(reference) ?? this.world.initial(reference);

  /** Returns the ports for one process. The first argument of every call is its reference. */
  portsFor(life: Life): Record<string, unknown> {
    const call =
      (method: string | symbol) =>
      (reference: string, ...rest: unknown[]) =>
        this.call(life, reference, () => this.answer(method, reference, rest));
    return { [this.port]: new Proxy({}, { get: (_, method) => call(method) }) };
  }

  private async answer(method: string | symbol, reference: string, rest: readonly unknown[]): Promise<unknown> {
    const open = this.world.open(this.stateOf(reference));
    const ports = open.ports as Record<string, Record<string | symbol, (...args: unknown[]) => Promise<unknown>>>;
    const answer = ports[this.port]![method]!(reference, ...rest);
    // Before the first await: two requests for one reference are processed one after the other.
    this.states.set(reference, open.state());
    const given = await answer;
    this.states.set(reference, open.state());
    return given;
  }
}

/** The payment provider and a carrier that holds parcels. */
export function memoryParties(run: Run): SimulatedParties {
  const parties = [
    new RememberingParty(run, provider, 'provider'),
    new RememberingParty(run, carriers.foreign, 'carrier'),
  ];
  return {
    parties,
    gatewaysOf: (_, life) =>
      Object.assign({ personalData: withoutKeys }, ...parties.map((party) => party.portsFor(life))),
    stateOf: (name, reference) => parties.find((party) => party.name === name)!.stateOf(reference),
  };
}
