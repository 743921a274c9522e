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
 * The conversation a step's spec is: what had been said, what the step hears now, what it says.
 * `given(OrderCreated(order)).when(authorizePayment, order).then(PaymentAuthorized(order))`.
 * The states come from the real `initial` and `evolve`, so a spec states facts, never rows.
 */
export const given = (...said: readonly DomainEvent[]) => ({
  /** Lets the step hear; `answer` is what the outside world answered its `call`. */
  when(step: Step, heard: unknown, answer?: unknown): StepResult {
    return resultOf(new States(said), step, heard, answer);
  },

  /** Lets the step of a row that says nothing hear an event: what it touches keeps what was heard. */
  handles(step: Step, heard: DomainEvent, answer?: unknown): StepResult {
    return resultOf(new States(said), step, heard.data, answer, heard).thenIgnores();
  },
});

/** Runs what production runs, so an event that does not fit its schema fails here, too. */
function resultOf(states: States, step: Step, heard: unknown, answer: unknown, event?: DomainEvent): StepResult {
  const touched = step.loads(heard);
  const loaded = statesOf(touched, (ref) => states.of(ref));
  const reaction = react(step, { data: heard, event }, loaded, answer);
  const applied = reaction.rejected ? undefined : reaction.applied;
  return new StepResult(reaction, (ref) => {
    const before = states.of(ref);
    const isTouched = [...refsOf(touched)].some((each) => each.aggregate === ref.aggregate && each.key === ref.key);
    return applied && isTouched ? ref.aggregate.evolve(before, applied, NOW) : before;
  });
}

class States {
  constructor(private readonly said: readonly DomainEvent[]) {}

  of<State>({ aggregate, key }: { aggregate: Aggregate<State>; key: string }): State {
    return this.said.reduce((state, each) => aggregate.evolve(state, each, NOW), aggregate.initial(key));
  }
}

/** What a step decided, to be compared; each method fails with the difference. */
export class StepResult {
  constructor(
    private readonly reaction: Reaction,
    private readonly stateAfter: (ref: Ref) => unknown,
  ) {}

  /** It emits exactly this. */
  thenEmits(expected: DomainEvent): this {
    same(this.emitted(expected.type), expected);
    return this;
  }

  /** It emits this event, whose data holds at least these fields. */
  thenEmitsLike(type: string, fields: Record<string, unknown> = {}): this {
    const { data } = this.emitted(type);
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, data[field]])), fields);
    return this;
  }

  /** It emits nothing. */
  thenIgnores(): this {
    const { rejected } = this.reaction;
    if (rejected || this.reaction.emitted) throw new Error(`expected nothing, but the step ${describe(this.reaction)}`);
    return this;
  }

  /** It rejects the command with this code, and the rejection holds at least these fields. */
  thenRejects(code: string, fields: Partial<Rejection> = {}): this {
    const { rejected } = this.reaction;
    if (rejected?.refused !== code)
      throw new Error(`expected the rejection ${code}, but the step ${describe(this.reaction)}`);
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, rejected[field as keyof Rejection]])), fields);
    return this;
  }

  /** Afterwards this state holds at least these fields. */
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
