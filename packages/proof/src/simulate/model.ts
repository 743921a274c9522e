import type { Aggregate, DomainEvent, Rows, ServiceSteps, Topics } from '@quadrille/choreography';
import type { Look, Promised } from '../explore/look.js';
import type { Caller } from './callers.js';
import type { Life, Run } from './life.js';
import type { Outside } from './outside.js';
import type { Plan } from './plan.js';
import type { SimulatedSystem } from './simulated-system.js';

/** A system as it is simulated: what runs, who calls it, and what must hold. */
export interface SimulatedModel {
  /** First part of groups, and by default of topics. */
  readonly system: string;
  readonly topics?: Topics | undefined;
  readonly rows: Rows;
  readonly parts: readonly ServiceSteps[];
  /** By service, in the order in which their rows are locked. */
  readonly aggregates: Readonly<Record<string, readonly Aggregate[]>>;
  /** State that every run begins with, for keys without a row: events from before. */
  readonly given: readonly DomainEvent[];
  /** The world outside, anew for each run. */
  readonly outside: (run: Run) => Outside;
  /** Writes the rows that a run begins with. */
  readonly provide: (system: SimulatedSystem, plan: Plan) => void;
  /** The sagas that callers begin. */
  readonly sagas: (plan: Plan) => readonly SimulatedSaga[];
  readonly promises: (sagas: readonly SimulatedSaga[]) => readonly Promised<SimulationLook>[];
  /** How a saga ended, in a word or several; undefined while it is on its way. */
  readonly ending: (look: SimulationLook, saga: SimulatedSaga) => string | undefined;
  /** The types on the wire that are published at most once per key; undefined: all of them. */
  readonly onceTypes?: ReadonlySet<string>;
  /** An event of an older version, for the fault `upcaster throws`. */
  readonly olderEvent?: { readonly topic: string; readonly type: string };
  /** A situation that a record shows, to be counted. */
  readonly situation?: (payload: string) => string | undefined;
}

/** One saga and its caller. */
export interface SimulatedSaga {
  readonly key: string;
  /** Sends the requests; resolves when the last one has been answered. */
  readonly act: (caller: Caller) => Promise<void>;
  /** Whether trouble with a row of this key may delay it. */
  readonly concerns: (key: string) => boolean;
}

/** One moment of a simulation. */
export interface SimulationLook extends Look {
  /** What was published about a key: each event once, in the order of its topic. */
  said(key: string): DomainEvent[];
  /** Whether the caller of a saga was refused. */
  isRefused(key: string): boolean;
}

/** What one process sees of the world outside: `call` of its steps takes it. */
export type GatewaysOf = (service: string, life: Life) => unknown;
