import { type DomainEvent } from '@quadrille/choreography';
import { Asking } from './asking.js';
import { Cells } from './cells.js';
import { Committing } from './committing.js';
import { AT, Deciding } from './deciding.js';
import { Delivering } from './delivering.js';
import { Layout } from './layout.js';
import type { Happened } from './moves.js';
import type { System } from './system.js';
import { copyOf, type World } from './world.js';

/** Executes a system step by step: returns all transitions from any state. */
export class Machine {
  readonly layout: Layout;
  readonly cells: Cells;
  private readonly deciding: Deciding;
  private readonly asking: Asking;
  private readonly committing: Committing;
  private readonly delivering: Delivering;

  constructor(readonly system: System) {
    this.layout = new Layout(system);
    this.cells = new Cells(system.given);
    this.asking = new Asking(system.outside, this.cells);
    this.deciding = new Deciding(this.layout, this.cells, this.asking.answers);
    this.committing = new Committing(this.layout, this.eventOf);
    const { repeatedAsks } = system.assumptions;
    this.delivering = new Delivering(this.layout, this.asking, this.deciding, this.committing, repeatedAsks);
  }

  eventOf = (id: number): DomainEvent => this.deciding.events.valueOf(id);

  /** The initial state. */
  begin(): World {
    const { topics, channels, clocks } = this.layout;
    const cells: number[] = [];
    for (const { ref, said } of this.system.past) {
      const cell = this.cells.ofRef(ref);
      const state = ref.aggregate.evolve(this.cells.stateOf(cell, cells[cell]), said, AT);
      cells[cell] = this.cells.idOf(cell, state);
    }
    return {
      cells: Array.from(cells, (id) => id ?? 0),
      logs: topics.map(() => []),
      offsets: channels.map(() => 0),
      answers: channels.map(() => []),
      clocks: clocks.map(() => 0),
      extra: this.system.assumptions.unknownToInbox,
      again: [],
    };
  }

  /** No message is in transit. */
  isQuiet = ({ logs, offsets, again }: World): boolean =>
    again.length === 0 && this.layout.channels.every(({ topic }, at) => offsets[at] === logs[topic]!.length);

  /** Returns all transitions from a state. */
  async expand(world: World): Promise<Happened[]> {
    const happened: Happened[] = [];
    for (let call = 0; call < this.system.calls.length; call++) happened.push(this.call(world, call));
    for (let clock = 0; clock < world.clocks.length; clock++) {
      if (world.clocks[clock]! > 0 || world.extra > 0) happened.push(this.strike(world, clock));
    }
    const { repeatedAsks } = this.system.assumptions;
    for (let channel = 0; channel < this.layout.channels.length; channel++) {
      const log = world.logs[this.layout.channels[channel]!.topic]!;
      for (let at = repeatedAsks || world.extra > 0 ? 0 : world.offsets[channel]!; at < log.length; at++) {
        const ear = this.committing.earAt(world, channel, at);
        if (!ear) continue;
        const asking = this.delivering.deliver(world, { channel, at, ear, event: this.eventOf(log[at]!) }, happened);
        if (asking) await asking;
      }
    }
    if (world.again.length > 0) happened.push(this.delivering.hearSecond(world));
    return happened;
  }

  private call(world: World, call: number): Happened {
    const { step: name, heard } = this.system.calls[call]!;
    const step = this.layout.steps.get(name)!;
    const decided = this.deciding.decide(step, this.deciding.heardId(heard), 0, world.cells);
    const move = { what: 'call', call } as const;
    if (!decided.said && decided.broken === undefined) return { move, next: world, decided: [decided] };
    return this.committing.happened(move, copyOf(world), [decided]);
  }

  private strike(world: World, clock: number): Happened {
    const { step, key } = this.layout.clocks[clock]!;
    const late = world.clocks[clock] === 0;
    const due = { key };
    const decided = this.deciding.decide(step, this.deciding.heardId(due), 0, world.cells);
    const next = copyOf(world);
    // A fired deadline is over, for any decision of its step.
    next.clocks[clock] = 0;
    if (late) next.extra -= 1;
    return this.committing.happened({ what: 'strike', clock }, next, [decided]);
  }
}
