/** How a service is, seen from outside. `silent`: it did not answer in time. */
type ServiceHealth = 'up' | 'unwell' | 'silent' | 'down' | 'unknown';

/** One service on the stage. What could not be asked is null. */
export interface ServiceOnStage {
  readonly service: string;
  readonly health: ServiceHealth;
  /** The parts that are not well, in words: `database`, `consumer`. */
  readonly unwell: readonly string[];
  /** How often it was started again since the storefront began to look. */
  readonly restarts: number;
  readonly outbox: { readonly rows: number; readonly oldestAgeSeconds: number } | null;
  /** Records that wait for it, by topic. */
  readonly lag: Readonly<Record<string, number>> | null;
  readonly parked: { readonly retrying: number; readonly dead: number; readonly queued: number } | null;
}

/** Sagas that wait for the same step. */
export interface AwaitedStep {
  readonly step: string;
  readonly service: string;
  readonly count: number;
  /** ISO 8601: since when the first of them waits. */
  readonly since: string;
}

/** A saga to look at more closely. */
export interface SagaOnStage {
  readonly orderId: string;
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly awaitedStep: string | null;
}

/** The sagas in numbers. */
export interface SagaNumbers {
  /** Events a second, over the last seconds. */
  readonly eventsPerSecond: number;
  readonly byTopic: Readonly<Record<string, number>>;
  readonly byStep: Readonly<Record<string, number>>;
  readonly begunPerSecond: number;
  readonly endedPerSecond: number;
  /** In the last minute. */
  readonly completed: number;
  readonly cancelled: number;
  /** Why orders were cancelled in the last minute, as far as the storefront has looked. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly inFlight: { readonly running: number; readonly undoing: number };
  readonly awaited: readonly AwaitedStep[];
  /** From placed to ended, of the sagas that ended in the last minute, in milliseconds; null when none did. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** The latest that ended, and those that have waited longest. */
  readonly sagas: readonly SagaOnStage[];
}

/** An event that is shown moving; of many, an even choice. */
export interface MovingEvent {
  readonly orderId: string;
  readonly event: string;
  readonly step: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The load generator. */
export interface LoadOnStage {
  readonly ordersPerSecond: number;
  readonly maxOrdersPerSecond: number;
  /** Of each kind of orders, its share of the load. */
  readonly shares: Readonly<Record<string, number>>;
  /** What the shares are when nobody says otherwise. */
  readonly usualShares: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly failed: number;
  readonly leftOut: number;
  readonly lastFailure: string | null;
}

/** Everything that can be made to go wrong. */
export const FAULTS = [
  'declined-cards',
  'slow-provider',
  'provider-down',
  'empty-shelf',
  'undeliverable',
  'stopped-service',
  'paused-relay',
  'held-consumer',
  'failing-step',
] as const;
export type FaultName = (typeof FAULTS)[number];

/** One fault switch. */
export interface FaultSwitch {
  readonly fault: FaultName;
  /** The service, step or SKU it is about; null where there is but one. */
  readonly target: string | null;
  /** While it cannot be seen: as it was seen last. */
  readonly on: boolean;
  /** It was to be lifted while nobody answered: it is as soon as somebody does. */
  readonly owed: boolean;
  /** What it is about to become: stopping, starting, being bought up. */
  readonly doing: string | null;
  /** Why it cannot be used just now; null when it can. */
  readonly unavailable: string | null;
}

/** What the stage shows: once a second, whatever the number of events. */
export interface Snapshot {
  /** ISO 8601. */
  readonly at: string;
  /** Whether load and faults may be used here. */
  readonly demo: boolean;
  /** Null while the read model cannot be asked. */
  readonly sagas: SagaNumbers | null;
  readonly moving: readonly MovingEvent[];
  readonly services: readonly ServiceOnStage[];
  readonly load: LoadOnStage | null;
  readonly faults: readonly FaultSwitch[];
}
