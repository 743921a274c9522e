import { eventsHeardBy, type Said, type Step } from '@quadrille/choreography';
import { type Asked, Asking } from './asking.js';
import { Cells } from './cells.js';
import { Committing } from './committing.js';
import { AT, type Decided, Deciding } from './deciding.js';
import { type Ear, Layout } from './layout.js';
import type { System } from './system.js';
import { copyOf, type World } from './world.js';

/** Something that can happen next. `at`: a position in the log of the channel. */
export type Move =
  | { readonly what: 'call'; readonly call: number }
  | { readonly what: 'strike'; readonly clock: number }
  | { readonly what: 'ask' | 'ask-again' | 'hear' | 'hear-again'; readonly channel: number; readonly at: number };

/** What happened, and the world afterwards: the same one when nothing changed. `broken`: why this must not happen. */
export interface Happened {
  readonly move: Move;
  readonly next: World;
  readonly decided: readonly Decided[];
  readonly asked?: { readonly step: Step; readonly answer: unknown };
  readonly broken?: string;
}

/** An event of a channel, with what its service does with it. */
interface Delivery {
  readonly channel: number;
  readonly at: number;
  readonly ear: Ear;
  readonly event: Said;
}

/** Runs a system by hand: from any moment, everything that can happen next. */
export class Machine {
  readonly layout: Layout;
  readonly cells = new Cells();
  private readonly deciding: Deciding;
  private readonly asking: Asking;
  private readonly committing: Committing;

  constructor(readonly system: System) {
    this.layout = new Layout(system);
    this.asking = new Asking(system.outside, this.cells);
    const silent = Object.entries(system.rows).filter(([, row]) => row.says.length === 0 && eventsHeardBy(row).length);
    const silentSteps = new Set(silent.map(([step]) => step));
    this.deciding = new Deciding(this.layout, this.cells, this.asking.answers, silentSteps);
    this.committing = new Committing(this.layout, this.eventOf);
  }

  eventOf = (id: number): Said => this.deciding.events.valueOf(id);

  /** The moment before anything happens. */
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

  /** Nothing is on its way. */
  isQuiet = ({ logs, offsets, again }: World): boolean =>
    again.length === 0 && this.layout.channels.every(({ topic }, at) => offsets[at] === logs[topic]!.length);

  /** Everything that can happen next. */
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
        if (ear) await this.deliver(world, { channel, at, ear, event: this.eventOf(log[at]!) }, happened);
      }
    }
    if (world.again.length > 0) happened.push(this.hearSecond(world));
    return happened;
  }

  private call(world: World, call: number): Happened {
    const { step: name, heard } = this.system.calls[call]!;
    const step = this.layout.steps.get(name)!;
    const decided = this.deciding.decide(step, this.deciding.heardId(heard), 0, world.cells);
    const move = { what: 'call', call } as const;
    if (!decided.said && decided.broken === undefined) return { move, next: world, decided: [decided] };
    return this.commit(move, copyOf(world), [decided]);
  }

  private strike(world: World, clock: number): Happened {
    const { step, key } = this.layout.clocks[clock]!;
    const late = world.clocks[clock] === 0;
    const due = { key, extensions: late ? 0 : world.clocks[clock]! - 1 };
    const decided = this.deciding.decide(step, this.deciding.heardId(due), 0, world.cells);
    const next = copyOf(world);
    // A clock that has struck is over, whatever its step decided.
    next.clocks[clock] = 0;
    if (late) next.extra -= 1;
    return this.commit({ what: 'strike', clock }, next, [decided]);
  }

  /** All that can be done with one event of a channel: a step that asks decides only when it has its answer. */
  private async deliver(world: World, delivery: Delivery, happened: Happened[]): Promise<void> {
    const { channel, at } = delivery;
    const offset = world.offsets[channel]!;
    const asked = await this.ask(world, delivery);
    if (asked?.vacuous !== false) {
      if (at === offset) happened.push(this.hear(world, delivery, asked?.answer ?? 0));
      if (at < offset && world.extra > 0) happened.push(this.hearAtOnce(world, delivery, asked?.answer ?? 0));
      return;
    }
    if (at >= offset || this.system.assumptions.repeatedAsks) happened.push(this.askFor(world, delivery, asked));
    const answer = world.answers[channel]![0] ?? 0;
    if (at === offset && answer > 0) happened.push(this.hear(world, delivery, answer));
    const second = at < offset && world.extra > 0 && world.again.length === 0;
    if (second) happened.push(this.askForSecond(world, delivery, asked));
  }

  private ask(world: World, { channel, ear, event }: Delivery): Promise<Asked> | Asked | undefined {
    const step = asking(ear);
    if (!step) return undefined;
    const { topic, consumer } = this.layout.channels[channel]!;
    const { key } = this.layout.topics[topic]!;
    return this.asking.ask(step, consumer, key, this.deciding.heardId(event.data), event.data, world.cells);
  }

  /** The batch that holds the event asks; the inbox does not know yet whether the event is new. */
  private askFor(world: World, { channel, at, ear }: Delivery, { cell, before, after, answer }: Asked): Happened {
    const waiting = at - world.offsets[channel]!;
    const move = { what: waiting >= 0 ? 'ask' : 'ask-again', channel, at } as const;
    const shown = { step: asking(ear)!, answer: this.asking.answers.valueOf(answer) };
    const sameAnswer = waiting < 0 || world.answers[channel]![waiting] === answer;
    if (before === after && sameAnswer) return { move, next: world, decided: [], asked: shown };
    const next = copyOf(world);
    next.cells[cell] = after;
    if (waiting >= 0) next.answers[channel] = withAnswer(world.answers[channel]!, waiting, answer);
    return { move, next, decided: [], asked: shown };
  }

  private hear(world: World, delivery: Delivery, answer: number): Happened {
    const { channel, at } = delivery;
    const next = copyOf(world);
    this.committing.advance(next, channel);
    return this.react({ what: 'hear', channel, at }, next, delivery, answer);
  }

  private hearAtOnce(world: World, delivery: Delivery, answer: number): Happened {
    const { channel, at } = delivery;
    const next = copyOf(world);
    next.extra -= 1;
    return this.react({ what: 'hear-again', channel, at }, next, delivery, answer);
  }

  /** A second delivery asks anew, as every delivery does, and decides later. */
  private askForSecond(world: World, { channel, at, ear }: Delivery, { cell, after, answer }: Asked): Happened {
    const next = copyOf(world);
    next.cells[cell] = after;
    next.extra -= 1;
    next.again = [channel, at, answer];
    const shown = { step: asking(ear)!, answer: this.asking.answers.valueOf(answer) };
    return { move: { what: 'ask-again', channel, at }, next, decided: [], asked: shown };
  }

  private hearSecond(world: World): Happened {
    const [channel, at, answer] = world.again as [number, number, number];
    const ear = this.committing.earAt(world, channel, at)!;
    const event = this.eventOf(world.logs[this.layout.channels[channel]!.topic]![at]!);
    const next = copyOf(world);
    next.again = [];
    return this.react({ what: 'hear-again', channel, at }, next, { channel, at, ear, event }, answer);
  }

  private react(move: Move, next: World, { ear, event }: Delivery, answer: number): Happened {
    const heardId = this.deciding.heardId(event.data);
    const decided: Decided[] = [];
    for (const step of ear.reacting) {
      const each = this.deciding.decide(step, heardId, step.ask ? answer : 0, next.cells, event);
      this.committing.keep(next, each);
      decided.push(each);
    }
    for (const clock of ear.extending) this.committing.extend(next, clock);
    return this.commit(move, next, decided);
  }

  private commit(move: Move, next: World, decided: readonly Decided[]): Happened {
    const broken = this.committing.commit(next, decided);
    return { move, next, decided, ...(broken !== undefined && { broken }) };
  }
}

const asking = ({ reacting }: Ear): Step | undefined => reacting.find((step) => step.ask);

const withAnswer = (answers: readonly number[], at: number, answer: number): number[] =>
  Array.from({ length: Math.max(answers.length, at + 1) }, (_, each) => (each === at ? answer : (answers[each] ?? 0)));
