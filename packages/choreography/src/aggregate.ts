import type { DomainEvent } from './event.js';

/** A stateful entity of a service with one state per key, changed only by events. Pure: a {@link Store} loads and saves it. */
export interface Aggregate<State = any, S extends DomainEvent = any> {
  /** Also names its store: `payments`. */
  readonly name: string;
  /** The state of a key without events. */
  readonly initial: (key: string) => State;
  /**
   * Returns the state after an event: the same object if the event does not concern this state. A row that emits nothing applies
   * the event that it handled.
   */
  readonly evolve: (state: State, event: S, at: string) => State;
  /** A reference to the state of one key, for `loads`. */
  of(key: string): Ref<State>;
}

/** A reference to one state that a step loads. */
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
