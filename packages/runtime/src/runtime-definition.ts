import type { Aggregate, Choreography, Rows, ServiceSteps, Store, Tx } from '@quadrille/choreography';
import { documents } from './document-store.js';
import type { Projection } from './projection/projection.js';

/** An aggregate with the store that keeps it. */
export interface StoreBinding {
  readonly aggregate: Aggregate;
  readonly store: Store;
}

/** Says where an aggregate is kept; the types must fit. Without a store its states are kept as {@link documents}. */
export function bindStore<State>(aggregate: Aggregate<State>, store: Store<State>): StoreBinding;
export function bindStore<State extends object>(aggregate: Aggregate<State>): StoreBinding;
export function bindStore(aggregate: Aggregate, store: Store = documents(aggregate.name)): StoreBinding {
  return { aggregate, store };
}

/** What the runner has to know about a service: no server, no HTTP, no framework. */
export interface RuntimeDefinition<Env = any> {
  /** First part of topics and groups: `quadrille`. */
  readonly system: string;
  /** All rows of the system: a service must know what others say. */
  readonly rows: Rows;
  readonly steps: ServiceSteps;
  /** For a read side: it has no steps, it keeps what whole topics say. */
  readonly projection?: Projection;
  /**
   * In the order in which their rows are locked; the same order in every step, so that batches cannot deadlock.
   * A function where a store has a limit that the environment says.
   */
  readonly stores: readonly StoreBinding[] | ((env: Env) => readonly StoreBinding[]);
  /** Steps of other services whose messages are parked in the same database. */
  readonly otherSteps?: readonly string[];
  /** For the service that ends the sagas: what is measured of them. */
  readonly sagas?: SagaWatch;
}

/** How long sagas take, and how many are under way. */
export interface SagaWatch {
  /** The events that end one, by the word for the ending. */
  readonly endings: Choreography['endings'];
  /** When the saga of this key began, in milliseconds since 1970; undefined when nobody can tell. */
  readonly beganAt: (key: string) => number | undefined;
  /** Those that have begun and not ended. One cheap statement, by an index: it is asked again and again. */
  readonly active: (tx: Tx) => Promise<ActiveSagas>;
  /** How many began within so many seconds and have not ended. By an index, too. */
  readonly open: (tx: Tx, withinSeconds: number) => Promise<number>;
}

export interface ActiveSagas {
  readonly byState: Readonly<Record<string, number>>;
  /** 0 when there is none. */
  readonly oldestAgeSeconds: number;
}
