import type { DomainEvent, Ref } from '@quadrille/choreography';
import type { Machine } from './machine.js';
import type { GatewayParty } from './system.js';
import type { World } from './world.js';

/** A view of one state: the aggregates of all services, and the gateways. */
export interface Look {
  state<State>(ref: Ref<State>): State;
  /** The state of a gateway for a reference. */
  stateAt<State>(name: string, key: string): State;
}

/** A view of a state of an exploration. */
export class LookAtWorld implements Look {
  constructor(
    private readonly machine: Machine,
    private readonly world: World,
  ) {}

  state<State>(ref: Ref<State>): State {
    const cell = this.machine.cells.ofRef(ref);
    return this.machine.cells.stateOf(cell, this.world.cells[cell]) as State;
  }

  stateAt<State>(name: string, key: string): State {
    const world = this.machine.system.gateways.find((each) => each.name === name) as GatewayParty<State>;
    const cell = this.machine.cells.of(world, world.name, key, () => world.initial(key));
    return this.machine.cells.stateOf(cell, this.world.cells[cell]) as State;
  }

  /** Returns the events of a key, for each service in its order. */
  eventsOf(key: string): DomainEvent[] {
    const { layout, eventOf } = this.machine;
    return layout.logs.flatMap((log, at) => (log.key === key ? this.world.logs[at]!.map(eventOf) : []));
  }
}

/** A promise that holds always, or whenever no message is in transit. Only the latter may depend on events. */
export interface Promised<L extends Look = Look> {
  /** The name in reports: `4. no piece is sold twice`. */
  readonly name: string;
  readonly when: 'always' | 'quiet';
  /** Returns the violation; undefined if the promise holds. */
  readonly wrong: (look: L) => string | undefined;
}
