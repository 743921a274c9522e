import { type DomainEvent, eventOf, react, refsOf, type Step, statesOf } from '@quadrille/choreography';
import type { Cells } from './cells.js';
import { Interned } from './interned.js';
import type { Layout } from './layout.js';

/** The result of a decision: an event or none, and the new states of the loaded aggregates. */
export interface Decided {
  readonly step: Step;
  readonly cells: readonly number[];
  /** The new states, in the order of `cells`. */
  readonly after: readonly number[];
  readonly said?: SaidEvent;
  /** The code of a rejected command. */
  readonly refused?: string;
  /** The error of the step: production would park its input. */
  readonly broken?: string;
}

/** An emitted event, with its number. */
export interface SaidEvent {
  readonly id: number;
  readonly said: DomainEvent;
  readonly service: string;
  readonly key: string;
}

/** The time of all events: no step depends on it. */
export const AT = '2026-01-01T00:00:00.000Z';
/** 0 in a log would mean no event. */
const FIRST_EVENT = 1;

interface Touched {
  readonly refs: ReturnType<Step['loads']>;
  readonly cells: readonly number[];
  readonly known: Map<string, Decided>;
}

/** Runs the real steps, once per combination of states and input: they are pure. */
export class Deciding {
  /** Every emitted event, by its number. */
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

  /** `event` is the handled event, if the input is an event: a row that emits nothing evolves by it. */
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
