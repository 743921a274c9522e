import type { DomainEvent, Step } from '@quadrille/choreography';
import type { Asked, Asking } from './asking.js';
import type { Committing } from './committing.js';
import type { Decided, Deciding } from './deciding.js';
import type { Ear, Layout } from './layout.js';
import type { Happened, Move } from './moves.js';
import { copyOf, type World } from './world.js';

/** An event of a channel, with the reaction of its service. */
export interface Delivery {
  readonly channel: number;
  readonly at: number;
  readonly ear: Ear;
  readonly event: DomainEvent;
}

/** The possible transitions of an event in transit: a gateway is called for it, it takes effect, it is delivered again. */
export class Delivering {
  constructor(
    private readonly layout: Layout,
    private readonly asking: Asking,
    private readonly deciding: Deciding,
    private readonly committing: Committing,
    private readonly repeatedAsks: boolean,
  ) {}

  /** Adds all transitions of one event of a channel. Asynchronous only if a gateway is called with a new request. */
  deliver(world: World, delivery: Delivery, happened: Happened[]): Promise<void> | undefined {
    const asked = this.ask(world, delivery);
    if (asked instanceof Promise) return asked.then((answered) => this.go(world, delivery, answered, happened));
    this.go(world, delivery, asked, happened);
    return undefined;
  }

  /** A step with a gateway call decides only when it has the answer. */
  private go(world: World, delivery: Delivery, asked: Asked | undefined, happened: Happened[]): void {
    const { channel, at } = delivery;
    const offset = world.offsets[channel]!;
    if (asked?.vacuous !== false) {
      if (at === offset) happened.push(this.hear(world, delivery, asked?.answer ?? 0));
      if (at < offset && world.extra > 0) happened.push(this.hearAtOnce(world, delivery, asked?.answer ?? 0));
      return;
    }
    if (at >= offset || this.repeatedAsks) happened.push(this.askFor(world, delivery, asked));
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

  /** The batch with the event calls the gateway, before the inbox detects a duplicate. */
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

  /** A second delivery calls the gateway again, as every delivery does, and decides later. */
  private askForSecond(world: World, { channel, at, ear }: Delivery, { cell, after, answer }: Asked): Happened {
    const next = copyOf(world);
    next.cells[cell] = after;
    next.extra -= 1;
    next.again = [channel, at, answer];
    const shown = { step: asking(ear)!, answer: this.asking.answers.valueOf(answer) };
    return { move: { what: 'ask-again', channel, at }, next, decided: [], asked: shown };
  }

  /** The second delivery in transit takes effect. */
  hearSecond(world: World): Happened {
    const [channel, at, answer] = world.again as [number, number, number];
    const ear = this.committing.earAt(world, channel, at)!;
    const event = this.deciding.events.valueOf(world.logs[this.layout.channels[channel]!.topic]![at]!);
    const next = copyOf(world);
    next.again = [];
    return this.react({ what: 'hear-again', channel, at }, next, { channel, at, ear, event }, answer);
  }

  private react(move: Move, next: World, { ear, event }: Delivery, answer: number): Happened {
    const heardId = this.deciding.heardId(event.data);
    const decided: Decided[] = [];
    for (const step of ear.reacting) {
      const each = this.deciding.decide(step, heardId, step.call ? answer : 0, next.cells, event);
      this.committing.keep(next, each);
      decided.push(each);
    }
    return this.committing.happened(move, next, decided);
  }
}

const asking = ({ reacting }: Ear): Step | undefined => reacting.find((step) => step.call);

const withAnswer = (answers: readonly number[], at: number, answer: number): number[] =>
  Array.from({ length: Math.max(answers.length, at + 1) }, (_, each) => (each === at ? answer : (answers[each] ?? 0)));
