import { type Aggregate, aggregate, type Ref } from './aggregate.js';
import type { DomainEvent, DomainEventOf } from './event.js';
import type { Command, EmittedBy, HandledBy, Row, Rows } from './row.js';
import type { Tx } from './tx.js';

/**
 * Returned by `decide` when there is nothing to say: the input was late, double or does not matter. One symbol for all copies of this package:
 * the command line may have another copy than the steps that it runs.
 */
export const ignore: unique symbol = Symbol.for('quadrille:nothing');
export type Ignored = typeof ignore;

/** A caller's command that cannot be followed: a value, not an exception. It says nothing and changes nothing. */
export interface Rejection {
  readonly refused: string;
  readonly detail: string;
  /** The HTTP status that tells the caller best: 404, 409 or 422. */
  readonly status: 404 | 409 | 422;
  /** JSON pointers to the fields at fault. */
  readonly pointers?: readonly string[];
}

export const reject = (
  status: Rejection['status'],
  code: string,
  detail: string,
  pointers?: readonly string[],
): Rejection => ({ refused: code, detail, status, ...(pointers && { pointers }) });

/** The states a step loads, by name. */
export type Loaded = Readonly<Record<string, Ref | readonly Ref[] | undefined>>;
type StateOf<T> =
  T extends Ref<infer State> ? State : T extends readonly Ref<infer State>[] ? readonly State[] : undefined;
type States<T> = { readonly [P in keyof T]: StateOf<T[P]> };
/** An answer of the outside world, or undefined where there is nothing to ask. */
type MayCall = Promise<unknown> | undefined;
/** What a step may return: an event of its row, nothing, or for a command a rejection. */
export type MayEmit<R extends Rows[string]> =
  | EmittedBy<R>
  | Ignored
  | (R['handles'] extends Command ? Rejection : never);

/** What makes a step: the states it touches, optionally what it asks the outside world first, and a pure decision. */
export interface StepBody<R extends Rows[string], T extends Loaded, Asking extends MayCall, Outside> {
  /** The states to load and lock, from what was heard. A key may be left out (undefined), or be many. */
  readonly loads: (heard: HandledBy<R>) => T;
  /**
   * Asks the outside world before the transaction. Must be idempotent by what is in `heard`: it is asked again after a crash.
   * A rejection is weather: the key is tried again later, in order. Undefined where there is nothing to ask: then nobody waits.
   */
  readonly call?: (heard: HandledBy<R>, outside: Outside) => Asking;
  /** Synchronous and pure: what to say, given the locked states, what was heard and the answer. */
  readonly decide: (states: States<NoInfer<T>>, heard: HandledBy<R>, answer: Awaited<Asking>) => MayEmit<R>;
}

/** A step as a value: its row and its body. `N` keeps it in its place in the table. */
export interface Step<N extends string = string> {
  readonly name: N;
  readonly row: Row;
  readonly loads: (heard: any) => Loaded;
  readonly call?: (heard: any, outside: any) => MayCall;
  readonly decide: (states: any, heard: any, answer: any) => DomainEvent | Ignored | Rejection;
  /**
   * Instead of `decide`, for steps that write tables of their own: runs inside the batch's transaction, under a savepoint, one input after the
   * other. It costs two round trips more an input, and neither `explore` nor `simulate` can run it, since it is not pure.
   */
  readonly handle?: (heard: any, within: InTransaction) => Promise<DomainEvent | Ignored | Rejection>;
}

/** What a step that handles its input inside the transaction is given. */
export interface InTransaction<Answer = any> {
  readonly tx: Tx;
  /** The result of `call`. */
  readonly answer: Answer;
}

/** Everything that can be said in these rows: what `evolve` switches on. */
export type EventsOf<R extends Rows> = DomainEventOf<R[keyof R]['emits'][number]>;

/** The steps a service must have: all of its rows, no other. */
export type StepsOf<R extends Rows, S extends string> = {
  readonly [N in keyof R & string as R[N]['service'] extends S ? N : never]: Step<N>;
};

/** A service's part of the table, with a step for each of its rows. */
export interface ServiceSteps {
  readonly service: string;
  readonly steps: readonly Step[];
}

/** The words to write steps with, bound to a table: a wrong event, a missing or a foreign step does not compile. */
export function stepBuilders<R extends Rows>(rows: R) {
  return {
    /** Writes the step of one row. */
    step<N extends keyof R & string, T extends Loaded, Asking extends MayCall = undefined, Outside = undefined>(
      name: N,
      body: StepBody<R[N], T, Asking, Outside>,
    ): Step<N> {
      if (!(name in rows)) throw new Error(`There is no row '${name}' in the table.`);
      return { name, row: rows[name], ...body } as unknown as Step<N>;
    },

    /** Puts all steps of a service together. */
    serviceSteps<S extends R[keyof R]['service']>(service: S, steps: StepsOf<R, S>): ServiceSteps {
      return { service, steps: Object.values(steps) as Step[] };
    },

    /** Declares an aggregate whose `evolve` knows every event of the table. */
    aggregate<State>(
      name: string,
      facts: Pick<Aggregate<State, EventsOf<R>>, 'initial' | 'evolve'>,
    ): Aggregate<State, EventsOf<R>> {
      return aggregate<State, EventsOf<R>>(name, facts);
    },
  };
}

/** The refs a step touches, one by one. */
export function refsOf(loaded: Loaded): Ref[] {
  const all: Ref[] = [];
  for (const field in loaded) {
    const refs = loaded[field];
    if (refs === undefined) continue;
    if ('aggregate' in refs) all.push(refs as Ref);
    else all.push(...(refs as readonly Ref[]));
  }
  return all;
}

/** The states in the shape `decide` takes them, each looked up by its ref. */
export function statesOf(loaded: Loaded, lookUp: (ref: Ref) => unknown): Record<string, unknown> {
  const states: Record<string, unknown> = {};
  for (const field in loaded) {
    const refs = loaded[field];
    if (refs === undefined) states[field] = undefined;
    else states[field] = 'aggregate' in refs ? lookUp(refs as Ref) : (refs as readonly Ref[]).map(lookUp);
  }
  return states;
}
