import assert from 'node:assert/strict';
import {
  type Aggregate,
  type DomainEvent,
  type Ignored,
  ignore,
  type Ref,
  type Rejection,
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
    return react(new States(said), step, heard, answer);
  },

  /** Lets the step of a row that says nothing hear an event: what it touches keeps what was heard. */
  handles(step: Step, heard: DomainEvent, answer?: unknown): StepResult {
    return react(new States(said), step, heard.data, answer, heard).thenIgnores();
  },
});

/** `kept` is what changes the states of a step that says nothing. */
function react(states: States, step: Step, heard: unknown, answer: unknown, kept?: DomainEvent): StepResult {
  const touched = step.loads(heard);
  const decided = step.decide(
    statesOf(touched, (ref) => states.of(ref)),
    heard,
    answer,
  );
  const taken = isEvent(decided) ? decided : kept;
  return new StepResult(decided, (ref) => {
    const before = states.of(ref);
    const isTouched = [...refsOf(touched)].some((each) => each.aggregate === ref.aggregate && each.key === ref.key);
    return taken && isTouched ? ref.aggregate.evolve(before, taken, NOW) : before;
  });
}

class States {
  constructor(private readonly said: readonly DomainEvent[]) {}

  of<State>({ aggregate, key }: { aggregate: Aggregate<State>; key: string }): State {
    return this.said.reduce((state, each) => aggregate.evolve(state, each, NOW), aggregate.initial(key));
  }
}

const isEvent = (decided: DomainEvent | Ignored | Rejection): decided is DomainEvent =>
  decided !== ignore && 'type' in (decided as object);

/** What a step decided, to be compared; each method fails with the difference. */
export class StepResult {
  constructor(
    private readonly decided: DomainEvent | Ignored | Rejection,
    private readonly stateAfter: (ref: Ref) => unknown,
  ) {}

  /** It says exactly this. */
  thenEmits(expected: DomainEvent): this {
    if (!isEvent(this.decided)) throw new Error(`expected ${expected.type}, but the step ${describe(this.decided)}`);
    same(this.decided, expected);
    return this;
  }

  /** It says this event, whose data holds at least these fields. */
  thenEmitsLike(type: string, fields: Record<string, unknown> = {}): this {
    if (!isEvent(this.decided) || this.decided.type !== type) {
      throw new Error(`expected ${type}, but the step ${describe(this.decided)}`);
    }
    const { data } = this.decided;
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, data[field]])), fields);
    return this;
  }

  thenIgnores(): this {
    if (this.decided !== ignore) throw new Error(`expected nothing, but the step ${describe(this.decided)}`);
    return this;
  }

  /** It refuses the command with this code, and the refusal holds at least these fields. */
  thenRejects(code: string, fields: Partial<Rejection> = {}): this {
    const decided = this.decided;
    if (decided === ignore || isEvent(decided) || decided.refused !== code) {
      throw new Error(`expected the refusal ${code}, but the step ${describe(decided)}`);
    }
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, decided[field as keyof Rejection]])), fields);
    return this;
  }

  /** Afterwards this state holds at least these fields. */
  leaves<State>(ref: Ref<State>, fields: Partial<State>): this {
    const state = this.stateAfter(ref) as Record<string, unknown>;
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, state[field]])), fields);
    return this;
  }
}

const describe = (decided: DomainEvent | Ignored | Rejection): string => {
  if (decided === ignore) return 'said nothing';
  return isEvent(decided) ? `said ${decided.type} ${JSON.stringify(decided.data)}` : `refused: ${decided.refused}`;
};

function same(actual: unknown, expected: unknown): void {
  assert.deepStrictEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)));
}
