import type { Aggregate, DomainEvent, Rows, ServiceSteps, Topics } from '@quadrille/choreography';
import type { Look, Promised } from '../explore/look.js';
import type { Chance } from './chance.js';
import type { Run } from './life.js';
import type { MemoryDatabase } from './memory-database.js';
import type { Plan } from './plan.js';
import type { SimulatedParties } from './simulated-parties.js';

/** A system to simulate: its services, its callers, and its promises. */
export interface SimulatedModel {
  /** First part of groups, and by default of topics. */
  readonly system: string;
  readonly topics?: Topics | undefined;
  readonly rows: Rows;
  readonly parts: readonly ServiceSteps[];
  /** By service, in the order in which their rows are locked. */
  readonly aggregates: Readonly<Record<string, readonly Aggregate[]>>;
  /** The state at the beginning of every run, for keys without a row: earlier events. */
  readonly given: readonly DomainEvent[];
  /** The gateways, created anew for each run. */
  readonly parties: (run: Run) => SimulatedParties;
  /** Writes the rows at the beginning of a run. */
  readonly provide: (databaseOf: (service: string) => MemoryDatabase, plan: Plan) => void;
  /** The sagas that callers start. */
  readonly sagas: (plan: Plan) => readonly SimulatedSaga[];
  readonly promises: (sagas: readonly SimulatedSaga[]) => readonly Promised<SimulationLook>[];
  /** The ending of a saga, in one or more words; undefined while it is running. */
  readonly ending: (look: SimulationLook, saga: SimulatedSaga) => string | undefined;
  /** The types on the wire that are published at most once per key; undefined: all of them. */
  readonly onceTypes?: ReadonlySet<string>;
  /** An event of an older version, for the fault `upcaster throws`. */
  readonly olderEvent?: { readonly topic: string; readonly type: string };
  /** A situation that a record shows, for the counts. */
  readonly situation?: (payload: string) => string | undefined;
}

/** One saga and its caller. */
export interface SimulatedSaga {
  readonly key: string;
  /** Sends the requests; resolves when the last one has been answered. */
  readonly act: (caller: Caller) => Promise<void>;
  /** Whether a fault of a row with this key may delay the saga. */
  readonly concerns: (key: string) => boolean;
}

/** The actions of the caller of one saga. */
export interface Caller {
  readonly chance: Chance;
  /** Sends a request until it is answered, always under the same key, possibly to another process. */
  insist(step: string, data: object): Promise<void>;
  /** Marks the saga as started: from now on it may be late. */
  begun(): void;
  pause(ms: number): Promise<void>;
}

/** A view of one moment of a simulation. */
export interface SimulationLook extends Look {
  /** Returns the published events of a key: each once, in the order of its topic. */
  eventsOf(key: string): DomainEvent[];
  /** Whether a request of the saga was rejected. */
  isRefused(key: string): boolean;
}
