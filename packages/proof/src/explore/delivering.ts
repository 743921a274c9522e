import type { DomainEvent, Step } from '@quadrille/choreography';
import type { Committing } from './committing.js';
import type { Decided, Deciding } from './deciding.js';
import type { Called, Gateways } from './gateways.js';
import type { Layout, Subscription } from './layout.js';
import type { Happened, Move } from './moves.js';
import { copyOf, type World } from './world.js';

/** An event of a channel, with the reaction of its service. */
export interface Delivery {
  readonly channel: number;
  readonly at: number;
  readonly subscription: Subscription;
  readonly event: DomainEvent;
}

/** The possible transitions of an event in transit: a gateway is called for it, it takes effect, it is delivered again. */
export class Delivering {
  constructor(
    private readonly layout: Layout,
    private readonly calling: Gateways,
    private readonly deciding: Deciding,
    private readonly committing: Committing,
    private readonly repeatedCalls: boolean,
  ) {}

  /** Adds all transitions of one event of a channel. Asynchronous only if a gateway is called with a new request. */
  deliver(world: World, delivery: Delivery, happened: Happened[]): Promise<void> | undefined {
    const called = this.call(world, delivery);
    if (called instanceof Promise) return called.then((answered) => this.go(world, delivery, answered, happened));
    this.go(world, delivery, called, happened);
    return undefined;
  }

  /** A step with a gateway call decides only when it has the answer. */
  private go(world: World, delivery: Delivery, called: Called | undefined, happened: Happened[]): void {
    const { channel, at } = delivery;
    const offset = world.offsets[channel]!;
    if (called?.vacuous !== false) {
      if (at === offset) happened.push(this.handle(world, delivery, called?.answer ?? 0));
      if (at < offset && world.extra > 0) happened.push(this.handleAtOnce(world, delivery, called?.answer ?? 0));
      return;
    }
    if (at >= offset || this.repeatedCalls) happened.push(this.called(world, delivery, called));
    const answer = world.answers[channel]![0] ?? 0;
    if (at === offset && answer > 0) happened.push(this.handle(world, delivery, answer));
    const second = at < offset && world.extra > 0 && world.again.length === 0;
    if (second) happened.push(this.callSecond(world, delivery, called));
  }

  private call(world: World, { channel, subscription, event }: Delivery): Promise<Called> | Called | undefined {
    const step = calling(subscription);
    if (!step) return undefined;
    const { log, consumer } = this.layout.channels[channel]!;
    const { key } = this.layout.logs[log]!;
    return this.calling.call(step, consumer, key, this.deciding.inputId(event.data), event.data, world.cells);
  }

  /** The batch with the event calls the gateway, before the inbox detects a duplicate. */
  private called(
    world: World,
    { channel, at, subscription }: Delivery,
    { cell, before, after, answer }: Called,
  ): Happened {
    const waiting = at - world.offsets[channel]!;
    const move = { what: waiting >= 0 ? 'gateway-call' : 'gateway-call-again', channel, at } as const;
    const shown = { step: calling(subscription)!, answer: this.calling.answers.valueOf(answer) };
    const sameAnswer = waiting < 0 || world.answers[channel]![waiting] === answer;
    if (before === after && sameAnswer) return { move, next: world, decided: [], called: shown };
    const next = copyOf(world);
    next.cells[cell] = after;
    if (waiting >= 0) next.answers[channel] = withAnswer(world.answers[channel]!, waiting, answer);
    return { move, next, decided: [], called: shown };
  }

  private handle(world: World, delivery: Delivery, answer: number): Happened {
    const { channel, at } = delivery;
    const next = copyOf(world);
    this.committing.advance(next, channel);
    return this.react({ what: 'handle', channel, at }, next, delivery, answer);
  }

  private handleAtOnce(world: World, delivery: Delivery, answer: number): Happened {
    const { channel, at } = delivery;
    const next = copyOf(world);
    next.extra -= 1;
    return this.react({ what: 'handle-again', channel, at }, next, delivery, answer);
  }

  /** A second delivery calls the gateway again, as every delivery does, and decides later. */
  private callSecond(world: World, { channel, at, subscription }: Delivery, { cell, after, answer }: Called): Happened {
    const next = copyOf(world);
    next.cells[cell] = after;
    next.extra -= 1;
    next.again = [channel, at, answer];
    const shown = { step: calling(subscription)!, answer: this.calling.answers.valueOf(answer) };
    return { move: { what: 'gateway-call-again', channel, at }, next, decided: [], called: shown };
  }

  /** The second delivery in transit takes effect. */
  handleSecond(world: World): Happened {
    const [channel, at, answer] = world.again as [number, number, number];
    const subscription = this.committing.subscriptionAt(world, channel, at)!;
    const event = this.deciding.events.valueOf(world.logs[this.layout.channels[channel]!.log]![at]!);
    const next = copyOf(world);
    next.again = [];
    return this.react({ what: 'handle-again', channel, at }, next, { channel, at, subscription, event }, answer);
  }

  private react(move: Move, next: World, { subscription, event }: Delivery, answer: number): Happened {
    const inputId = this.deciding.inputId(event.data);
    const decided: Decided[] = [];
    for (const step of subscription.reacting) {
      const each = this.deciding.decide(step, inputId, step.call ? answer : 0, next.cells, event);
      this.committing.apply(next, each);
      decided.push(each);
    }
    return this.committing.happened(move, next, decided);
  }
}

const calling = ({ reacting }: Subscription): Step | undefined => reacting.find((step) => step.call);

const withAnswer = (answers: readonly number[], at: number, answer: number): number[] =>
  Array.from({ length: Math.max(answers.length, at + 1) }, (_, each) => (each === at ? answer : (answers[each] ?? 0)));
