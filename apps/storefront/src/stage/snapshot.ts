/** The health of a service, seen from outside. `silent`: no response in time. */
type ServiceHealth = 'up' | 'unwell' | 'silent' | 'down' | 'unknown';

/** One service on the stage. Unavailable values are null. */
export interface ServiceOnStage {
  readonly service: string;
  readonly health: ServiceHealth;
  /** The names of unhealthy components: `database`, `consumer`. */
  readonly unwell: readonly string[];
  /** The number of restarts since the storefront began to observe. */
  readonly restarts: number;
  readonly outbox: { readonly rows: number; readonly oldestAgeSeconds: number } | null;
  /** Records that wait for the service, by topic. */
  readonly lag: Readonly<Record<string, number>> | null;
  readonly parked: { readonly retrying: number; readonly dead: number; readonly queued: number } | null;
}

/** Sagas that wait for the same step. */
export interface AwaitedStep {
  readonly step: string;
  readonly service: string;
  readonly count: number;
  /** ISO 8601: the time since which the first of them waits. */
  readonly since: string;
}

/** A sample saga. */
export interface SagaOnStage {
  readonly orderId: string;
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly awaitedStep: string | null;
}

/** The figures of the sagas. */
export interface SagaNumbers {
  /** Events per second, over the last seconds. */
  readonly eventsPerSecond: number;
  /** The same by emitting service, and by step. */
  readonly byService: Readonly<Record<string, number>>;
  readonly byStep: Readonly<Record<string, number>>;
  readonly begunPerSecond: number;
  readonly endedPerSecond: number;
  /** In the last minute. */
  readonly completed: number;
  readonly cancelled: number;
  /** The reasons of cancellations in the last minute, as far as the storefront has counted. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly inFlight: { readonly running: number; readonly compensating: number };
  readonly awaited: readonly AwaitedStep[];
  /** Duration from placed to ended, of the sagas that ended in the last minute, in milliseconds; null without any. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** The latest ended ones, and those that have waited longest. */
  readonly sagas: readonly SagaOnStage[];
}

/** An event that is shown moving; an even sample of many. */
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
  /** The share of each kind of orders. */
  readonly shares: Readonly<Record<string, number>>;
  /** The default shares. */
  readonly usualShares: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly failed: number;
  readonly leftOut: number;
  readonly lastFailure: string | null;
}

/** All faults that can be injected. */
export const FAULTS = [
  'declined-cards',
  'slow-provider',
  'provider-down',
  'empty-shelf',
  'undeliverable',
  'stopped-service',
  'paused-relay',
  'paused-consumer',
  'failing-step',
] as const;
export type FaultName = (typeof FAULTS)[number];

/** One fault switch. */
export interface FaultSwitch {
  readonly fault: FaultName;
  /** Its service, step or SKU; null if there is only one. */
  readonly target: string | null;
  /** Its last known state. */
  readonly on: boolean;
  /** A pending lift: it is executed once the service responds. */
  readonly recoveryPending: boolean;
  /** The pending change: stopping, starting, buying. */
  readonly doing: string | null;
  /** The reason why it is unusable; null if it is usable. */
  readonly unavailable: string | null;
}

/** The state of the stage: once per second, for any number of events. */
export interface Snapshot {
  /** ISO 8601. */
  readonly at: string;
  /** Whether load and faults may be used here. */
  readonly demo: boolean;
  /** Null while the read model is unavailable. */
  readonly sagas: SagaNumbers | null;
  readonly moving: readonly MovingEvent[];
  readonly services: readonly ServiceOnStage[];
  readonly load: LoadOnStage | null;
  readonly faults: readonly FaultSwitch[];
}
