import { type DomainEvent, eventOf, react, refsOf, type Step, statesOf } from '@quadrille/choreography';
import type { Cells } from './cells.js';
import { Interned } from './interned.js';
import type { Layout } from './layout.js';

/** What a decision came to: an event or silence, and the new states of what the step touches. */
export interface Decided {
  readonly step: Step;
  readonly cells: readonly number[];
  /** The new states, each at the place of its cell. */
  readonly after: readonly number[];
  readonly said?: SaidEvent;
  /** The code of a refused command. */
  readonly refused?: string;
  /** Why the step threw: an operator would find its input parked. */
  readonly broken?: string;
}

/** An event that was said, with its number. */
export interface SaidEvent {
  readonly id: number;
  readonly said: DomainEvent;
  readonly service: string;
  readonly key: string;
}

/** All of it happens at one moment: no step decides by the time. */
export const AT = '2026-01-01T00:00:00.000Z';
/** 0 in a log would be no event. */
const FIRST_EVENT = 1;

interface Touched {
  readonly refs: ReturnType<Step['loads']>;
  readonly cells: readonly number[];
  readonly known: Map<string, Decided>;
}

/** Lets the real steps decide, once for each combination of states and input there is: they are pure. */
export class Deciding {
  /** Every event that was ever said, by its number. */
  readonly events = new Interned<DomainEvent>(FIRST_EVENT);
  private readonly heard = new Interned<unknown>();
  private readonly heardIds = new WeakMap<object, number>();
  private readonly touched = new Map<Step, Map<number, Touched>>();

  constructor(
    private readonly layout: Layout,
    private readonly cells: Cells,
    private readonly answers: Interned<unknown>,
  ) {}

  heardId(heard: object): number {
    let id = this.heardIds.get(heard);
    if (id === undefined) {
      id = this.heard.idOf(heard);
      this.heardIds.set(heard, id);
    }
    return id;
  }

  heardOf = (id: number): unknown => this.heard.valueOf(id);

  /** `event` is what was heard, where it was an event: a row that says nothing keeps that. */
  decide(step: Step, heardId: number, answerId: number, now: readonly number[], event?: DomainEvent): Decided {
    const touched = this.touch(step, heardId);
    if (touched instanceof Error) return broken(step, [], [], touched);
    const states = touched.cells.map((cell) => now[cell] ?? 0);
    const name = `${answerId} ${states.join(' ')}`;
    let decided = touched.known.get(name);
    if (!decided) {
      decided = this.dare(step, heardId, answerId, touched, states, event);
      touched.known.set(name, decided);
    }
    return decided;
  }

  private touch(step: Step, heardId: number): Touched | Error {
    try {
      return this.refsOf(step, heardId);
    } catch (error) {
      return error as Error;
    }
  }

  private refsOf(step: Step, heardId: number): Touched {
    const byHeard = this.touched.get(step) ?? new Map<number, Touched>();
    this.touched.set(step, byHeard);
    let touched = byHeard.get(heardId);
    if (!touched) {
      const refs = step.loads(this.heardOf(heardId));
      const cells = [...new Set([...refsOf(refs)].map((ref) => this.cells.ofRef(ref)))];
      touched = { refs, cells, known: new Map() };
      byHeard.set(heardId, touched);
    }
    return touched;
  }

  private dare(...[step, heardId, answerId, touched, states, event]: Parameters<Deciding['decideAnew']>): Decided {
    try {
      return this.decideAnew(step, heardId, answerId, touched, states, event);
    } catch (error) {
      return broken(step, touched.cells, states, error as Error);
    }
  }

  private decideAnew(
    step: Step,
    heardId: number,
    answerId: number,
    { refs, cells }: Touched,
    states: readonly number[],
    event: DomainEvent | undefined,
  ): Decided {
    const before = new Map(cells.map((cell, at) => [cell, this.cells.stateOf(cell, states[at])]));
    const answer = answerId === 0 ? undefined : this.answers.valueOf(answerId);
    const message = { data: this.heardOf(heardId), event };
    const loaded = statesOf(refs, (ref) => before.get(this.cells.ofRef(ref)));
    const reaction = react(step, message, loaded, answer);
    if (reaction.rejected) return { step, cells, after: states, refused: reaction.rejected.refused };
    const { emitted, applied } = reaction;
    const said = emitted && this.name(step, emitted);
    return { step, cells, after: applied ? this.evolve(refs, before, applied) : states, ...(said && { said }) };
  }

  private evolve(refs: Touched['refs'], before: ReadonlyMap<number, unknown>, said: DomainEvent): number[] {
    const after = new Map<number, number>();
    for (const ref of refsOf(refs)) {
      const cell = this.cells.ofRef(ref);
      after.set(cell, this.cells.idOf(cell, ref.aggregate.evolve(before.get(cell), said, AT)));
    }
    return [...after.values()];
  }

  private name(step: Step, said: DomainEvent): SaidEvent {
    const { key } = eventOf(step, said.type);
    const data = said.data as Record<string, unknown>;
    return { id: this.events.idOf(said), said, service: this.layout.serviceOf(step.name), key: String(data[key]) };
  }
}

const broken = (step: Step, cells: readonly number[], after: readonly number[], { message }: Error): Decided => ({
  step,
  cells,
  after,
  broken: `${step.name} throws: ${message}`,
});
