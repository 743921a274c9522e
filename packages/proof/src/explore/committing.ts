import type { DomainEvent } from '@quadrille/choreography';
import type { Decided, EmittedEvent } from './deciding.js';
import type { Layout, Subscription } from './layout.js';
import type { Happened, Move } from './moves.js';
import type { World } from './world.js';

/** An event has a key that is not explored. */
export class UnexploredKey extends Error {
  constructor(
    readonly event: string,
    readonly key: string,
  ) {
    super(`${event} was emitted with the key ${key}, which is not explored.`);
    this.name = 'UnexploredKey';
  }
}

/** The atomic effect of a service's transaction: states, events, deadlines. */
export class Committing {
  constructor(
    private readonly layout: Layout,
    private readonly eventOf: (id: number) => DomainEvent,
  ) {}

  /** Ends a move: the transaction is committed. */
  happened(move: Move, next: World, decided: readonly Decided[]): Happened {
    const broken = this.commit(next, decided);
    return { move, next, decided, ...(broken !== undefined && { broken }) };
  }

  /** Changes `next`, and returns the reason if the commit violates a rule. */
  private commit(next: World, decided: readonly Decided[]): string | undefined {
    let broken: string | undefined;
    for (const each of decided) {
      this.apply(next, each);
      broken = each.broken ?? broken;
      if (each.emission) broken = this.emit(next, each.emission) ?? broken;
    }
    if (decided.some(({ emission }) => emission)) this.skipAll(next);
    return broken;
  }

  apply(next: World, { cells, after }: Decided): void {
    for (let at = 0; at < cells.length; at++) next.cells[cells[at]!] = after[at]!;
  }

  /** Consumes one event, and skips the following events that this service does not handle. */
  advance(next: World, channel: number): void {
    next.offsets[channel]! += 1;
    const answers = next.answers[channel]!;
    if (answers.length > 0) next.answers[channel] = answers.slice(1);
    this.skip(next, channel);
  }

  /** The reaction of the channel's service to the event at this position; undefined if it does not handle such events. */
  subscriptionAt(world: World, channel: number, at: number): Subscription | undefined {
    const { log, subscriptions } = this.layout.channels[channel]!;
    return subscriptions.get(this.eventOf(world.logs[log]![at]!).type);
  }

  private emit(next: World, { id, domainEvent, service, key }: EmittedEvent): string | undefined {
    const at = this.layout.logOf(this.layout.events.get(domainEvent.type)!, key);
    if (at < 0) throw new UnexploredKey(domainEvent.type, key);
    const log = next.logs[at]!;
    next.logs[at] = [...log, id];
    this.layout.deadlines.forEach(({ deadline, service: by, key: of }, at) => {
      if (by !== service || of !== key) return;
      if (deadline.startedBy.name === domainEvent.type && next.deadlines[at] === 0) next.deadlines[at] = 1;
      if (deadline.stoppedBy.some((event) => event.name === domainEvent.type)) next.deadlines[at] = 0;
    });
    return log.some((other) => this.eventOf(other).type === domainEvent.type)
      ? `${domainEvent.type} is emitted a second time.`
      : undefined;
  }

  private skipAll(next: World): void {
    for (let channel = 0; channel < next.offsets.length; channel++) this.skip(next, channel);
  }

  private skip(next: World, channel: number): void {
    const log = next.logs[this.layout.channels[channel]!.log]!;
    while (next.offsets[channel]! < log.length && !this.subscriptionAt(next, channel, next.offsets[channel]!)) {
      next.offsets[channel]! += 1;
      // A skipped event has no answer to use.
      if (next.answers[channel]!.length > 0) next.answers[channel] = next.answers[channel]!.slice(1);
    }
  }
}
