import type { Aggregate, Choreography, Rows, ServiceSteps, Store, Topics, Tx, Wire } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';
import { documents } from './document-store.js';

/** An aggregate with its store. */
export interface StoreBinding {
  readonly aggregate: Aggregate;
  readonly store: Store;
}

/** Binds an aggregate to a store of the same state type. Without a store, its states are stored as {@link documents}. */
export function bindStore<State>(aggregate: Aggregate<State>, store: Store<State>): StoreBinding;
export function bindStore<State extends object>(aggregate: Aggregate<State>): StoreBinding;
export function bindStore(aggregate: Aggregate, store: Store = documents(aggregate.name)): StoreBinding {
  return { aggregate, store };
}

/** Definition of a service for the runner: without server, HTTP and framework. */
export interface RuntimeDefinition<Env = any> {
  /** First part of groups, and by default of topics: `quadrille`. */
  readonly system: string;
  /** All rows of the system: a service validates events of the others. */
  readonly rows: Rows;
  /** Names of topics, if they are not the default ones; the same in all services. */
  readonly topics?: Topics;
  /** The form of records, if it is not the default one; the same in all services. */
  readonly wire?: Wire;
  readonly steps: ServiceSteps;
  /** For a read side: a read model of whole topics instead of steps. */
  readonly projection?: Projection;
  /**
   * In the order in which rows are locked; the same order in every step, so that batches cannot deadlock. A function if a store
   * has a limit from the environment.
   */
  readonly stores: readonly StoreBinding[] | ((env: Env) => readonly StoreBinding[]);
  /** Steps of other services whose messages are parked in the same database. */
  readonly otherSteps?: readonly string[];
  /** For the service that ends sagas: queries for their metrics. */
  readonly sagas?: SagaWatch;
}

/** A read model instead of steps: the service consumes whole topics and stores their records. It emits nothing. */
export interface Projection {
  readonly topics: readonly string[];
  /** Maximum records per transaction; default: `BATCH_MAX_INPUTS`. */
  readonly maxBatchRecords?: number;
  /**
   * Minimum interval of transactions in ms: records that arrive in that time share the next one, so that a saga with a burst of
   * events is written once. The first records after an idle time are written at once, and a lagging consumer never pauses.
   */
  readonly pauseMs?: number;
  /**
   * Returns the consumer group; polled. When the result changes, the service leaves one group and joins the other. A new group
   * reads from the first retained record, so the read model is rebuilt. Default: the service's own group.
   */
  readonly group?: (tx: Tx) => Promise<string>;
  /**
   * Writes a batch of records; they count as consumed after the commit. The same records may be delivered again, and records of two
   * topics come in any order.
   */
  readonly onRecords: (tx: Tx, records: readonly IncomingRecord[]) => Promise<void>;
  /** Stores a record that the database rejects, so that the others continue. */
  readonly onRefused: (tx: Tx, record: IncomingRecord, cause: string) => Promise<void>;
}

/** Durations and numbers of sagas. */
export interface SagaWatch {
  /** The events that end a saga, by outcome. */
  readonly endings: Choreography['endings'];
  /** Start of the saga of this key in ms since 1970; undefined if unknown. */
  readonly beganAt: (key: string) => number | undefined;
  /** Sagas that have begun and not ended. One cheap indexed statement, since it is polled. */
  readonly active: (tx: Tx) => Promise<ActiveSagas>;
  /** Number of sagas that began within this many seconds and have not ended. Also by an index. */
  readonly open: (tx: Tx, withinSeconds: number) => Promise<number>;
}

/** Sagas that have begun and not ended. */
export interface ActiveSagas {
  readonly byState: Readonly<Record<string, number>>;
  /** 0 without an active saga. */
  readonly oldestAgeSeconds: number;
}
