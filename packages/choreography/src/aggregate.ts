import type { DomainEvent } from './event.js';

/** A thing a service keeps, one state a key, and how what was said changes it. Pure: where it is kept is a store's matter. */
export interface Aggregate<State = any, S extends DomainEvent = any> {
  /** Also the name of its store: `payments`. */
  readonly name: string;
  /** The state of a key nothing has ever been said about. */
  readonly initial: (key: string) => State;
  /**
   * The state after something was said: the same object when it does not concern this state.
   * A row that says nothing changes states by what it heard.
   */
  readonly evolve: (state: State, said: S, at: string) => State;
  /** Refers to the state of one key, in `loads`. */
  of(key: string): Ref<State>;
}

/** One state that a step touches. */
export interface Ref<State = any> {
  readonly aggregate: Aggregate<State>;
  readonly key: string;
}

/** Declares an aggregate by its name, its first state and its `evolve` (`at`: ISO 8601 time of the event). */
export function aggregate<State, S extends DomainEvent>(
  name: string,
  facts: Pick<Aggregate<State, S>, 'initial' | 'evolve'>,
): Aggregate<State, S> {
  const self: Aggregate<State, S> = { name, ...facts, of: (key) => ({ aggregate: self, key }) };
  return self;
}
