import { type DomainEvent, eventOf, react, refsOf, type Step, statesOf } from '@quadrille/choreography';
import { AT, type Cells } from './cells.js';
import { Interned } from './interned.js';
import type { Layout } from './layout.js';

/** The result of a decision: an event or none, and the new states of the loaded aggregates. */
export interface Decided {
  readonly step: Step;
  readonly cells: readonly number[];
  /** The new states, in the order of `cells`. */
  readonly after: readonly number[];
  readonly emission?: EmittedEvent;
  /** The code of a rejected command. */
  readonly refused?: string;
  /** The error of the step: production would park its input. */
  readonly broken?: string;
}

/** An emitted event, with its number. */
export interface EmittedEvent {
  readonly id: number;
  readonly domainEvent: DomainEvent;
  readonly service: string;
  readonly key: string;
}

/** 0 in a log would mean no event. */
const FIRST_EVENT = 1;

interface ResolvedRefs {
  readonly refs: ReturnType<Step['loads']>;
  readonly cells: readonly number[];
  readonly known: Map<string, Decided>;
}

/** Runs the real steps, once per combination of states and input: they are pure. */
export class Deciding {
  /** Every emitted event, by its number. */
  readonly events = new Interned<DomainEvent>(FIRST_EVENT);
  private readonly inputs = new Interned<unknown>();
  private readonly inputIds = new WeakMap<object, number>();
  private readonly resolved = new Map<Step, Map<number, ResolvedRefs>>();

  constructor(
    private readonly layout: Layout,
    private readonly cells: Cells,
    private readonly answers: Interned<unknown>,
  ) {}

  inputId(inputs: object): number {
    let id = this.inputIds.get(inputs);
    if (id === undefined) {
      id = this.inputs.idOf(inputs);
      this.inputIds.set(inputs, id);
    }
    return id;
  }

  inputOf = (id: number): unknown => this.inputs.valueOf(id);

  /** `event` is the handled event, if the input is an event: a row that emits nothing evolves by it. */
  decide(step: Step, inputId: number, answerId: number, now: readonly number[], event?: DomainEvent): Decided {
    const resolved = this.touch(step, inputId);
    if (resolved instanceof Error) return broken(step, [], [], resolved);
    const states = resolved.cells.map((cell) => now[cell] ?? 0);
    const name = `${answerId} ${states.join(' ')}`;
    let decided = resolved.known.get(name);
    if (!decided) {
      decided = this.dare(step, inputId, answerId, resolved, states, event);
      resolved.known.set(name, decided);
    }
    return decided;
  }

  private touch(step: Step, inputId: number): ResolvedRefs | Error {
    try {
      return this.refsOf(step, inputId);
    } catch (error) {
      return error as Error;
    }
  }

  private refsOf(step: Step, inputId: number): ResolvedRefs {
    const byInput = this.resolved.get(step) ?? new Map<number, ResolvedRefs>();
    this.resolved.set(step, byInput);
    let resolved = byInput.get(inputId);
    if (!resolved) {
      const refs = step.loads(this.inputOf(inputId));
      const cells = [...new Set([...refsOf(refs)].map((ref) => this.cells.ofRef(ref)))];
      resolved = { refs, cells, known: new Map() };
      byInput.set(inputId, resolved);
    }
    return resolved;
  }

  private dare(...[step, inputId, answerId, resolved, states, event]: Parameters<Deciding['decideAnew']>): Decided {
    try {
      return this.decideAnew(step, inputId, answerId, resolved, states, event);
    } catch (error) {
      return broken(step, resolved.cells, states, error as Error);
    }
  }

  private decideAnew(
    step: Step,
    inputId: number,
    answerId: number,
    { refs, cells }: ResolvedRefs,
    states: readonly number[],
    event: DomainEvent | undefined,
  ): Decided {
    const before = new Map(cells.map((cell, at) => [cell, this.cells.stateOf(cell, states[at])]));
    const answer = answerId === 0 ? undefined : this.answers.valueOf(answerId);
    const message = { data: this.inputOf(inputId), event };
    const loaded = statesOf(refs, (ref) => before.get(this.cells.ofRef(ref)));
    const reaction = react(step, message, loaded, answer);
    if (reaction.rejected) return { step, cells, after: states, refused: reaction.rejected.refused };
    const { emitted, applied } = reaction;
    const emission = emitted && this.name(step, emitted);
    return { step, cells, after: applied ? this.evolve(refs, before, applied) : states, ...(emission && { emission }) };
  }

  private evolve(refs: ResolvedRefs['refs'], before: ReadonlyMap<number, unknown>, event: DomainEvent): number[] {
    const after = new Map<number, number>();
    for (const ref of refsOf(refs)) {
      const cell = this.cells.ofRef(ref);
      after.set(cell, this.cells.idOf(cell, ref.aggregate.evolve(before.get(cell), event, AT)));
    }
    return [...after.values()];
  }

  private name(step: Step, domainEvent: DomainEvent): EmittedEvent {
    const { key } = eventOf(step, domainEvent.type);
    const data = domainEvent.data as Record<string, unknown>;
    return {
      id: this.events.idOf(domainEvent),
      domainEvent,
      service: this.layout.serviceOf(step.name),
      key: String(data[key]),
    };
  }
}

const broken = (step: Step, cells: readonly number[], after: readonly number[], { message }: Error): Decided => ({
  step,
  cells,
  after,
  broken: `${step.name} throws: ${message}`,
});
