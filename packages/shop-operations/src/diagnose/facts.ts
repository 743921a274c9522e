import type { ServiceName } from '@quadrille/contracts';
import type { DeadLetterOf } from '../dead-letters.js';
import type { Timeline } from '../timeline.js';

/** A part of a service in the response of `/health/ready`. */
export interface Part {
  readonly ok: boolean;
  readonly [detail: string]: unknown;
}

/** The backlog of a service in the response of `/workload`. Null for a part that could not be queried. */
export interface Workload {
  readonly outbox: { readonly rows: number; readonly oldestAgeSeconds: number } | null;
  /** By topic: the lag of the service's group, in records. */
  readonly lag: Readonly<Record<string, number>> | null;
}

/** The observed state of a service. */
export interface ServiceFacts {
  /** False without an answer. */
  readonly answers: boolean;
  /** By part; empty without an answer. */
  readonly parts: Readonly<Record<string, Part>>;
  /** Absent if the service has none, or did not answer. */
  readonly workload?: Workload;
}

/** The input of a diagnosis. */
export interface Facts {
  readonly orderId: string;
  /** Absent if the storefront has read no event of the order, or did not answer. */
  readonly timeline?: Timeline;
  /** The response of the order service; null for an unknown order; absent without an answer. */
  readonly order?: { readonly status: string; readonly placedAt?: string } | null;
  readonly services: Readonly<Partial<Record<ServiceName, ServiceFacts>>>;
  /** The dead letters of this order. */
  readonly letters: readonly DeadLetterOf[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The reason for which a step has emitted no event. */
export type Cause =
  | 'under-way'
  | 'service-down'
  | 'database-unavailable'
  | 'not-consuming'
  | 'not-relayed'
  | 'consumer-lag'
  | 'gateway-unavailable'
  | 'dead-letter'
  | 'retrying'
  | 'queued'
  | 'silent'
  | 'unread'
  | 'unknown-order';

/** One reason for which an order does not continue. */
export interface Finding {
  readonly cause: Cause;
  /** The missing step; absent if it is unknown. */
  readonly step?: string;
  readonly service: string;
  /** ISO 8601: the start of the wait. */
  readonly since?: string;
  /** The reason, as a sentence. */
  readonly message: string;
  /** The remedy, as a sentence. */
  readonly next: string;
  /** The backlog of the service, if it is known: the lag of its group, and unpublished outbox rows. */
  readonly numbers?: {
    readonly lag?: Readonly<Record<string, number>>;
    readonly outboxRows?: number;
    readonly outboxOldestSeconds?: number;
  };
}

/** The state of an order, and the reasons for which it does not continue. */
export interface Diagnosis {
  readonly orderId: string;
  /** The state in the storefront, else in the order service. */
  readonly state: string;
  readonly findings: readonly Finding[];
}
