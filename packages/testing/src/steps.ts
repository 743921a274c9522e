import assert from 'node:assert/strict';
import {
  type Aggregate,
  type DomainEvent,
  type Reaction,
  type Ref,
  type Rejection,
  react,
  refsOf,
  type Step,
  statesOf,
} from '@quadrille/choreography';

const NOW = '2026-01-01T00:00:00.000Z';

/**
 * Starts the spec of a step with the past events: `given(OrderCreated(order)).when(authorizePayment,
 * order).thenEmits(PaymentAuthorized(order))`. The states come from the real `initial` and `evolve`, so a spec lists events,
 * never rows.
 */
export const given = (...events: readonly DomainEvent[]) => ({
  /** Runs the step; `answer` is the result of its `call`. */
  when(step: Step, input: unknown, answer?: unknown): StepResult {
    return resultOf(new States(events), step, input, answer);
  },

  /** Runs a step whose row emits nothing with an event; its states evolve with that event. */
  handles(step: Step, event: DomainEvent, answer?: unknown): StepResult {
    return resultOf(new States(events), step, event.data, answer, event).thenIgnores();
  },
});

/** Runs production code, so an event that violates its schema fails here as well. */
function resultOf(states: States, step: Step, input: unknown, answer: unknown, event?: DomainEvent): StepResult {
  const refs = step.loads(input);
  const loaded = statesOf(refs, (ref) => states.of(ref));
  const reaction = react(step, { data: input, event }, loaded, answer);
  const applied = reaction.rejected ? undefined : reaction.applied;
  return new StepResult(reaction, (ref) => {
    const before = states.of(ref);
    const isLoaded = [...refsOf(refs)].some((each) => each.aggregate === ref.aggregate && each.key === ref.key);
    return applied && isLoaded ? ref.aggregate.evolve(before, applied, NOW) : before;
  });
}

class States {
  constructor(private readonly events: readonly DomainEvent[]) {}

  of<State>({ aggregate, key }: { aggregate: Aggregate<State>; key: string }): State {
    return this.events.reduce((state, each) => aggregate.evolve(state, each, NOW), aggregate.initial(key));
  }
}

/** The decision of a step; each method compares it and fails with the difference. */
export class StepResult {
  constructor(
    private readonly reaction: Reaction,
    private readonly stateAfter: (ref: Ref) => unknown,
  ) {}

  /** Expects exactly this event. */
  thenEmits(expected: DomainEvent): this {
    same(this.emitted(expected.type), expected);
    return this;
  }

  /** Expects this event, with at least these fields in its data. */
  thenEmitsLike(type: string, fields: Record<string, unknown> = {}): this {
    const { data } = this.emitted(type);
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, data[field]])), fields);
    return this;
  }

  /** Expects no event. */
  thenIgnores(): this {
    const { rejected } = this.reaction;
    if (rejected || this.reaction.emitted) throw new Error(`expected nothing, but the step ${describe(this.reaction)}`);
    return this;
  }

  /** Expects a rejection with this code and at least these fields. */
  thenRejects(code: string, fields: Partial<Rejection> = {}): this {
    const { rejected } = this.reaction;
    if (rejected?.refused !== code)
      throw new Error(`expected the rejection ${code}, but the step ${describe(this.reaction)}`);
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, rejected[field as keyof Rejection]])), fields);
    return this;
  }

  /** Expects at least these fields in this state afterwards. */
  leaves<State>(ref: Ref<State>, fields: Partial<State>): this {
    const state = this.stateAfter(ref) as Record<string, unknown>;
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, state[field]])), fields);
    return this;
  }

  private emitted(type: string): DomainEvent {
    const emitted = this.reaction.rejected ? undefined : this.reaction.emitted;
    if (emitted?.type !== type) throw new Error(`expected ${type}, but the step ${describe(this.reaction)}`);
    return emitted;
  }
}

const describe = (reaction: Reaction): string => {
  if (reaction.rejected) return `rejected: ${reaction.rejected.refused}`;
  const { emitted } = reaction;
  return emitted ? `emitted ${emitted.type} ${JSON.stringify(emitted.data)}` : 'emitted nothing';
};

function same(actual: unknown, expected: unknown): void {
  assert.deepStrictEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)));
}
