import type { DomainEvent, Ref } from '@quadrille/choreography';
import type { Machine } from './machine.js';
import type { OutsideWorld } from './system.js';
import type { World } from './world.js';

/** What one can see of a moment: the states of all services and of the world outside. */
export interface Look {
  state<State>(ref: Ref<State>): State;
  /** What a party of the world outside keeps of a reference. */
  outside<State>(name: string, key: string): State;
}

/** A look at a moment of an exploration. */
export class LookAtWorld implements Look {
  constructor(
    private readonly machine: Machine,
    private readonly world: World,
  ) {}

  state<State>(ref: Ref<State>): State {
    const cell = this.machine.cells.ofRef(ref);
    return this.machine.cells.stateOf(cell, this.world.cells[cell]) as State;
  }

  outside<State>(name: string, key: string): State {
    const world = this.machine.system.outside.find((each) => each.name === name) as OutsideWorld<State>;
    const cell = this.machine.cells.of(world, world.name, key, () => world.initial(key));
    return this.machine.cells.stateOf(cell, this.world.cells[cell]) as State;
  }

  /** What was said about a key: for each service in its order. */
  said(key: string): DomainEvent[] {
    const { layout, eventOf } = this.machine;
    return layout.topics.flatMap((topic, at) => (topic.key === key ? this.world.logs[at]!.map(eventOf) : []));
  }
}

/** Something that must hold: at every moment, or whenever nothing is on its way. Only the latter may look at what was said. */
export interface Promised<L extends Look = Look> {
  /** For people: `4. no piece is sold twice`. */
  readonly name: string;
  readonly when: 'always' | 'quiet';
  /** What is wrong; undefined when it holds. */
  readonly wrong: (look: L) => string | undefined;
}
