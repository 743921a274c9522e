import assert from 'node:assert/strict';
import {
  type Aggregate,
  type Nothing,
  nothing,
  type Ref,
  type Refused,
  refsOf,
  type Said,
  type Step,
  statesOf,
} from '@quadrille/choreography';

const NOW = '2026-01-01T00:00:00.000Z';

/**
 * The conversation a step's spec is: what had been said, what the step hears now, what it says.
 * `given(OrderCreated(order)).when(authorizePayment, order).then(PaymentAuthorized(order))`.
 * The states come from the real `initial` and `evolve`, so a spec states facts, never rows.
 */
export const given = (...said: readonly Said[]) => ({
  /** Lets the step hear; `answer` is what the outside world answered its `ask`. */
  when(step: Step, heard: unknown, answer?: unknown): Spoken {
    return react(new States(said), step, heard, answer);
  },

  /** Lets the step of a row that says nothing hear an event: what it touches keeps what was heard. */
  hears(step: Step, heard: Said, answer?: unknown): Spoken {
    return react(new States(said), step, heard.data, answer, heard).thenNothing();
  },
});

/** `kept` is what changes the states of a step that says nothing. */
function react(states: States, step: Step, heard: unknown, answer: unknown, kept?: Said): Spoken {
  const touched = step.touches(heard);
  const decided = step.decide(
    statesOf(touched, (ref) => states.of(ref)),
    heard,
    answer,
  );
  const taken = isSaid(decided) ? decided : kept;
  return new Spoken(decided, (ref) => {
    const before = states.of(ref);
    const isTouched = [...refsOf(touched)].some((each) => each.aggregate === ref.aggregate && each.key === ref.key);
    return taken && isTouched ? ref.aggregate.evolve(before, taken, NOW) : before;
  });
}

class States {
  constructor(private readonly said: readonly Said[]) {}

  of<State>({ aggregate, key }: { aggregate: Aggregate<State>; key: string }): State {
    return this.said.reduce((state, each) => aggregate.evolve(state, each, NOW), aggregate.initial(key));
  }
}

const isSaid = (decided: Said | Nothing | Refused): decided is Said =>
  decided !== nothing && 'type' in (decided as object);

/** What a step decided, to be compared; each method fails with the difference. */
export class Spoken {
  constructor(
    private readonly decided: Said | Nothing | Refused,
    private readonly stateAfter: (ref: Ref) => unknown,
  ) {}

  /** It says exactly this. */
  // biome-ignore lint/suspicious/noThenProperty: a spec reads given, when, then; nobody awaits it.
  then(expected: Said): this {
    if (!isSaid(this.decided)) throw new Error(`expected ${expected.type}, but the step ${describe(this.decided)}`);
    same(this.decided, expected);
    return this;
  }

  /** It says this event, whose data holds at least these fields. */
  thenSays(type: string, fields: Record<string, unknown> = {}): this {
    if (!isSaid(this.decided) || this.decided.type !== type) {
      throw new Error(`expected ${type}, but the step ${describe(this.decided)}`);
    }
    const { data } = this.decided;
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, data[field]])), fields);
    return this;
  }

  thenNothing(): this {
    if (this.decided !== nothing) throw new Error(`expected nothing, but the step ${describe(this.decided)}`);
    return this;
  }

  /** It refuses the command with this code, and the refusal holds at least these fields. */
  thenRefused(code: string, fields: Partial<Refused> = {}): this {
    const decided = this.decided;
    if (decided === nothing || isSaid(decided) || decided.refused !== code) {
      throw new Error(`expected the refusal ${code}, but the step ${describe(decided)}`);
    }
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, decided[field as keyof Refused]])), fields);
    return this;
  }

  /** Afterwards this state holds at least these fields. */
  leaves<State>(ref: Ref<State>, fields: Partial<State>): this {
    const state = this.stateAfter(ref) as Record<string, unknown>;
    same(Object.fromEntries(Object.keys(fields).map((field) => [field, state[field]])), fields);
    return this;
  }
}

const describe = (decided: Said | Nothing | Refused): string => {
  if (decided === nothing) return 'said nothing';
  return isSaid(decided) ? `said ${decided.type} ${JSON.stringify(decided.data)}` : `refused: ${decided.refused}`;
};

function same(actual: unknown, expected: unknown): void {
  assert.deepStrictEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)));
}
