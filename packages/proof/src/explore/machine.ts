import { eventsHeardBy, type Said, type Step } from '@quadrille/choreography';
import { type Asked, Asking } from './asking.js';
import { Cells } from './cells.js';
import { AT, type Decided, Deciding } from './deciding.js';
import { type Ear, Layout } from './layout.js';
import type { System } from './system.js';
import { copyOf, type World } from './world.js';

/** Something that can happen next. `at`: a position in the log of the channel. */
export type Move =
  | { readonly what: 'call'; readonly call: number }
  | { readonly what: 'strike'; readonly clock: number }
  | { readonly what: 'ask' | 'ask-again'; readonly channel: number; readonly at: number }
  | { readonly what: 'hear'; readonly channel: number; readonly at: number }
  | { readonly what: 'hear-again'; readonly channel: number; readonly at: number };

/** What happened, and the world afterwards. `broken`: why this must not happen. */
export interface Happened {
  readonly move: Move;
  readonly next: World;
  readonly decided: readonly Decided[];
  readonly asked?: { readonly step: Step; readonly answer: unknown };
  readonly broken?: string;
}

/** Runs a system by hand: from any moment, everything that can happen next. */
export class Machine {
  readonly layout: Layout;
  readonly cells = new Cells();
  readonly deciding: Deciding;
  private readonly asking: Asking;

  constructor(readonly system: System) {
    this.layout = new Layout(system);
    this.asking = new Asking(system.outside, this.cells);
    const silent = Object.keys(system.rows).filter((step) => {
      const row = system.rows[step]!;
      return row.says.length === 0 && eventsHeardBy(row).length > 0;
    });
    this.deciding = new Deciding(this.layout, this.cells, this.asking.answers, new Set(silent));
  }

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

  eventOf = (id: number): Said => this.deciding.events.valueOf(id);

  /** Everything that can happen next. */
  async expand(world: World): Promise<Happened[]> {
    const happened: Happened[] = [];
    for (let call = 0; call < this.system.calls.length; call++) happened.push(this.call(world, call));
    for (let clock = 0; clock < world.clocks.length; clock++) {
      if (world.clocks[clock]! > 0) happened.push(this.strike(world, clock));
    }
    for (let channel = 0; channel < this.layout.channels.length; channel++) {
      await this.expandChannel(world, channel, happened);
    }
    return happened;
  }

  private call(world: World, call: number): Happened {
    const { step, heard } = this.system.calls[call]!;
    const decided = this.deciding.decide(this.layout.steps.get(step)!, this.deciding.heardId(heard), 0, world.cells);
    return this.commit({ what: 'call', call }, copyOf(world), [decided]);
  }

  private strike(world: World, clock: number): Happened {
    const { step, key } = this.layout.clocks[clock]!;
    const due = { key, extensions: world.clocks[clock]! - 1 };
    const decided = this.deciding.decide(step, this.deciding.heardId(due), 0, world.cells);
    const next = copyOf(world);
    // A clock that has struck is over, whatever its step decided.
    next.clocks[clock] = 0;
    return this.commit({ what: 'strike', clock }, next, [decided]);
  }

  private async expandChannel(world: World, channel: number, happened: Happened[]): Promise<void> {
    const log = world.logs[this.layout.channels[channel]!.topic]!;
    const offset = world.offsets[channel]!;
    const { repeatedAsks } = this.system.assumptions;
    for (let at = repeatedAsks || world.extra > 0 ? 0 : offset; at < log.length; at++) {
      const ear = this.earAt(world, channel, at);
      if (!ear) continue;
      const asked = await this.askFor(world, channel, ear, log[at]!);
      const asks = asked !== undefined && !asked.vacuous;
      const waiting = at >= offset;
      if (asks && (waiting || repeatedAsks)) happened.push(this.asked(world, channel, at, ear, asked));
      const answer = asked?.vacuous ? asked.answer : (world.answers[channel]![at - offset] ?? 0);
      if (at === offset && (!asks || answer > 0)) happened.push(this.hear(world, channel, at, ear, answer));
      if (!waiting && world.extra > 0 && !asks) {
        happened.push(this.hearAgain(world, channel, at, ear, asked?.answer ?? 0));
      }
      if (!waiting && world.extra > 0 && asks) happened.push(this.askForSecond(world, channel, at, ear, asked));
    }
    if (world.again[0] === channel + 1) {
      const [, at, answer] = world.again;
      happened.push(this.hearAgain(world, channel, at!, this.earAt(world, channel, at!)!, answer!));
    }
  }

  private askFor(world: World, channel: number, ear: Ear, event: number): Promise<Asked> | Asked | undefined {
    const step = ear.reacting.find((each) => each.ask);
    if (!step) return undefined;
    const { topic, consumer } = this.layout.channels[channel]!;
    const { data } = this.eventOf(event);
    const { key } = this.layout.topics[topic]!;
    return this.asking.ask(step, consumer, key, this.deciding.heardId(data), data, world.cells);
  }

  private asked(world: World, channel: number, at: number, ear: Ear, { cell, after, answer }: Asked): Happened {
    const next = copyOf(world);
    next.cells[cell] = after;
    const waiting = at - world.offsets[channel]!;
    if (waiting >= 0) next.answers[channel]![waiting] = answer;
    const step = ear.reacting.find((each) => each.ask)!;
    const shown = { step, answer: this.asking.answers.valueOf(answer) };
    return { move: { what: waiting >= 0 ? 'ask' : 'ask-again', channel, at }, next, decided: [], asked: shown };
  }

  /** The second delivery asks anew, as every delivery does, and decides later. */
  private askForSecond(world: World, channel: number, at: number, ear: Ear, asked: Asked): Happened {
    const happened = this.asked(world, channel, at, ear, asked);
    happened.next.extra -= 1;
    happened.next.again = [channel + 1, at, asked.answer];
    return happened;
  }

  private hear(world: World, channel: number, at: number, ear: Ear, answer: number): Happened {
    const next = copyOf(world);
    next.offsets[channel] = at + 1;
    next.answers[channel]!.shift();
    return this.react({ what: 'hear', channel, at }, next, ear, answer);
  }

  private hearAgain(world: World, channel: number, at: number, ear: Ear, answer: number): Happened {
    const next = copyOf(world);
    if (next.again.length > 0) next.again = [];
    else next.extra -= 1;
    return this.react({ what: 'hear-again', channel, at }, next, ear, answer);
  }

  private react(move: Move & { channel: number; at: number }, next: World, ear: Ear, answer: number): Happened {
    const event = this.eventOf(next.logs[this.layout.channels[move.channel]!.topic]![move.at]!);
    const heardId = this.deciding.heardId(event.data);
    const decided: Decided[] = [];
    for (const step of ear.reacting) {
      const each = this.deciding.decide(step, heardId, step.ask ? answer : 0, next.cells, event);
      this.keep(next, each);
      decided.push(each);
    }
    for (const clock of ear.extending) this.extend(next, clock);
    return this.commit(move, next, decided);
  }

  private extend(next: World, clock: number): void {
    const extended = next.clocks[clock]!;
    if (extended > 0 && extended <= this.layout.clocks[clock]!.clock.extensions) next.clocks[clock] = extended + 1;
  }

  private keep(next: World, { cells, after }: Decided): void {
    for (let at = 0; at < cells.length; at++) next.cells[cells[at]!] = after[at]!;
  }

  /** Everything of one transaction at once: states, what was said, clocks. */
  private commit(move: Move, next: World, decided: readonly Decided[]): Happened {
    let broken: string | undefined;
    for (const each of decided) {
      this.keep(next, each);
      broken = each.broken ?? broken;
      if (each.said) broken = this.say(next, each.said) ?? broken;
    }
    for (let channel = 0; channel < next.offsets.length; channel++) this.skip(next, channel);
    return { move, next, decided, ...(broken !== undefined && { broken }) };
  }

  private say(next: World, { id, said, service, key }: NonNullable<Decided['said']>): string | undefined {
    const log = next.logs[this.layout.topicOf(service, key)]!;
    const before = log.some((other) => this.eventOf(other).type === said.type);
    log.push(id);
    this.layout.clocks.forEach(({ clock, service: by, key: of }, at) => {
      if (by !== service || of !== key) return;
      if (clock.startedBy.name === said.type && next.clocks[at] === 0) next.clocks[at] = 1;
      if (clock.stoppedBy.some((event) => event.name === said.type)) next.clocks[at] = 0;
    });
    return before ? `${said.type} was said a second time` : undefined;
  }

  /** What a service does not hear is passed over. */
  private skip(next: World, channel: number): void {
    const log = next.logs[this.layout.channels[channel]!.topic]!;
    while (next.offsets[channel]! < log.length && !this.earAt(next, channel, next.offsets[channel]!)) {
      next.offsets[channel]! += 1;
      next.answers[channel]!.shift();
    }
  }

  private earAt(world: World, channel: number, at: number): Ear | undefined {
    const { topic, ears } = this.layout.channels[channel]!;
    return ears.get(this.eventOf(world.logs[topic]![at]!).type);
  }
}
