import { type Aggregate, aggregate, type Ref } from './aggregate.js';
import type { Said, SaidOf } from './event.js';
import type { Command, HeardBy, Rows, SaidBy } from './row.js';

/** Returned by `decide` when there is nothing to say: the input was late, double or does not matter. */
export const nothing: unique symbol = Symbol('nothing');
export type Nothing = typeof nothing;

/** A caller's command that cannot be followed: a value, not an exception. It says nothing and changes nothing. */
export interface Refused {
  readonly refused: string;
  readonly detail: string;
  /** The HTTP status that tells the caller best: 404, 409 or 422. */
  readonly status: 404 | 409 | 422;
  /** JSON pointers to the fields at fault. */
  readonly pointers?: readonly string[];
}

export const refuse = (
  status: Refused['status'],
  code: string,
  detail: string,
  pointers?: readonly string[],
): Refused => ({ refused: code, detail, status, ...(pointers && { pointers }) });

type Touched = Readonly<Record<string, Ref | readonly Ref[] | undefined>>;
type StateOf<T> =
  T extends Ref<infer State> ? State : T extends readonly Ref<infer State>[] ? readonly State[] : undefined;
type States<T> = { readonly [P in keyof T]: StateOf<T[P]> };
/** An answer of the outside world, or undefined where there is nothing to ask. */
type MayAsk = Promise<unknown> | undefined;
type MaySay<R extends Rows[string]> = SaidBy<R> | Nothing | (R['hears'] extends Command ? Refused : never);

/** What makes a step: the states it touches, optionally what it asks the outside world first, and a pure decision. */
export interface StepBody<R extends Rows[string], T extends Touched, Asking extends MayAsk, Outside> {
  /** The states to load and lock, from what was heard. A key may be left out (undefined), or be many. */
  readonly touches: (heard: HeardBy<R>) => T;
  /**
   * Asks the outside world before the transaction. Must be idempotent by what is in `heard`: it is asked again after a crash.
   * A rejection is weather: the key is tried again later, in order. Undefined where there is nothing to ask: then nobody waits.
   */
  readonly ask?: (heard: HeardBy<R>, outside: Outside) => Asking;
  /** Synchronous and pure: what to say, given the locked states, what was heard and the answer. */
  readonly decide: (states: States<NoInfer<T>>, heard: HeardBy<R>, answer: Awaited<Asking>) => MaySay<R>;
}

/** A step as a value: its row's name and its body. `N` keeps it in its place in the table. */
export interface Step<N extends string = string> {
  readonly name: N;
  readonly touches: (heard: any) => Touched;
  readonly ask?: (heard: any, outside: any) => MayAsk;
  readonly decide: (states: any, heard: any, answer: any) => Said | Nothing | Refused;
}

/** Everything that can be said in these rows: what `evolve` switches on. */
export type SaidIn<R extends Rows> = SaidOf<R[keyof R]['says'][number]>;

/** The steps a service must have: all of its rows, no other. */
export type StepsOf<R extends Rows, S extends string> = {
  readonly [N in keyof R & string as R[N]['by'] extends S ? N : never]: Step<N>;
};

/** A service's part of the table, with a step for each of its rows. */
export interface Part {
  readonly service: string;
  readonly steps: readonly Step[];
}

/** The words to write steps with, bound to a table: a wrong event, a missing or a foreign step does not compile. */
export function stepLanguage<R extends Rows>(rows: R) {
  return {
    /** Writes the step of one row. */
    step<N extends keyof R & string, T extends Touched, Asking extends MayAsk = undefined, Outside = undefined>(
      name: N,
      body: StepBody<R[N], T, Asking, Outside>,
    ): Step<N> {
      if (!(name in rows)) throw new Error(`There is no row '${name}' in the table.`);
      return { name, ...body } as unknown as Step<N>;
    },

    /** Puts all steps of a service together. */
    part<S extends R[keyof R]['by']>(service: S, steps: StepsOf<R, S>): Part {
      return { service, steps: Object.values(steps) as Step[] };
    },

    /** Declares an aggregate whose `evolve` knows every event of the table. */
    aggregate<State>(
      name: string,
      facts: Pick<Aggregate<State, SaidIn<R>>, 'initial' | 'evolve'>,
    ): Aggregate<State, SaidIn<R>> {
      return aggregate<State, SaidIn<R>>(name, facts);
    },
  };
}

/** The refs a step touches, one by one. */
export function refsOf(touched: Touched): Ref[] {
  const all: Ref[] = [];
  for (const field in touched) {
    const refs = touched[field];
    if (refs === undefined) continue;
    if ('aggregate' in refs) all.push(refs as Ref);
    else all.push(...(refs as readonly Ref[]));
  }
  return all;
}

/** The states in the shape `decide` takes them, each looked up by its ref. */
export function statesOf(touched: Touched, lookUp: (ref: Ref) => unknown): Record<string, unknown> {
  const states: Record<string, unknown> = {};
  for (const field in touched) {
    const refs = touched[field];
    if (refs === undefined) states[field] = undefined;
    else states[field] = 'aggregate' in refs ? lookUp(refs as Ref) : (refs as readonly Ref[]).map(lookUp);
  }
  return states;
}
