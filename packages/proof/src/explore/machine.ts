import { type DomainEvent } from '@quadrille/choreography';
import { AT, Cells } from './cells.js';
import { Committing } from './committing.js';
import { Deciding } from './deciding.js';
import { Delivering } from './delivering.js';
import { Gateways } from './gateways.js';
import { Layout } from './layout.js';
import type { Happened } from './moves.js';
import type { System } from './system.js';
import { copyOf, type World } from './world.js';

/** Executes a system step by step: returns all transitions from any state. */
export class Machine {
  readonly layout: Layout;
  readonly cells: Cells;
  private readonly deciding: Deciding;
  private readonly calling: Gateways;
  private readonly committing: Committing;
  private readonly delivering: Delivering;

  constructor(readonly system: System) {
    this.layout = new Layout(system);
    this.cells = new Cells(system.given);
    this.calling = new Gateways(system.gateways, this.cells);
    this.deciding = new Deciding(this.layout, this.cells, this.calling.answers);
    this.committing = new Committing(this.layout, this.eventOf);
    const { repeatedCalls } = system.assumptions;
    this.delivering = new Delivering(this.layout, this.calling, this.deciding, this.committing, repeatedCalls);
  }

  eventOf = (id: number): DomainEvent => this.deciding.events.valueOf(id);

  /** The initial state. */
  begin(): World {
    const { logs, channels, deadlines } = this.layout;
    const cells: number[] = [];
    for (const { ref, event } of this.system.past) {
      const cell = this.cells.ofRef(ref);
      const state = ref.aggregate.evolve(this.cells.stateOf(cell, cells[cell]), event, AT);
      cells[cell] = this.cells.idOf(cell, state);
    }
    return {
      cells: Array.from(cells, (id) => id ?? 0),
      logs: logs.map(() => []),
      offsets: channels.map(() => 0),
      answers: channels.map(() => []),
      deadlines: deadlines.map(() => 0),
      extra: this.system.assumptions.unknownToInbox,
      again: [],
    };
  }

  /** No message is in transit. */
  isQuiet = ({ logs, offsets, again }: World): boolean =>
    again.length === 0 && this.layout.channels.every(({ log }, at) => offsets[at] === logs[log]!.length);

  /** Returns all transitions from a state. */
  async expand(world: World): Promise<Happened[]> {
    const happened: Happened[] = [];
    for (let call = 0; call < this.system.calls.length; call++) happened.push(this.call(world, call));
    for (let deadline = 0; deadline < world.deadlines.length; deadline++) {
      if (world.deadlines[deadline]! > 0 || world.extra > 0) happened.push(this.fireDeadline(world, deadline));
    }
    const { repeatedCalls } = this.system.assumptions;
    for (let channel = 0; channel < this.layout.channels.length; channel++) {
      const log = world.logs[this.layout.channels[channel]!.log]!;
      for (let at = repeatedCalls || world.extra > 0 ? 0 : world.offsets[channel]!; at < log.length; at++) {
        const subscription = this.committing.subscriptionAt(world, channel, at);
        if (!subscription) continue;
        const calling = this.delivering.deliver(
          world,
          { channel, at, subscription, event: this.eventOf(log[at]!) },
          happened,
        );
        if (calling) await calling;
      }
    }
    if (world.again.length > 0) happened.push(this.delivering.handleSecond(world));
    return happened;
  }

  private call(world: World, call: number): Happened {
    const { step: name, input } = this.system.calls[call]!;
    const step = this.layout.steps.get(name)!;
    const decided = this.deciding.decide(step, this.deciding.inputId(input), 0, world.cells);
    const move = { what: 'call', call } as const;
    if (!decided.emission && decided.broken === undefined) return { move, next: world, decided: [decided] };
    return this.committing.happened(move, copyOf(world), [decided]);
  }

  private fireDeadline(world: World, deadline: number): Happened {
    const { step, key } = this.layout.deadlines[deadline]!;
    const late = world.deadlines[deadline] === 0;
    const due = { key };
    const decided = this.deciding.decide(step, this.deciding.inputId(due), 0, world.cells);
    const next = copyOf(world);
    // A fired deadline is over, for any decision of its step.
    next.deadlines[deadline] = 0;
    if (late) next.extra -= 1;
    return this.committing.happened({ what: 'fire-deadline', deadline }, next, [decided]);
  }
}
