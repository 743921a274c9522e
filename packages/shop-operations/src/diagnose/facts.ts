import type { ServiceName } from '@quadrille/contracts';
import type { DeadLetterOf } from '../dead-letters.js';
import type { Timeline } from '../timeline.js';

/** A part of a service, as `/health/ready` tells it. */
export interface Part {
  readonly ok: boolean;
  readonly [detail: string]: unknown;
}

/** What waits in a service, as `/workload` tells it. A part that could not be asked is null. */
export interface Workload {
  readonly outbox: { readonly rows: number; readonly oldestAgeSeconds: number } | null;
  /** By topic: records that the group of the service has not taken. */
  readonly lag: Readonly<Record<string, number>> | null;
}

/** What was found out about a service. */
export interface ServiceFacts {
  /** False when nobody answered. */
  readonly answers: boolean;
  /** By part; empty when nobody answered. */
  readonly parts: Readonly<Record<string, Part>>;
  /** Absent when the service has none, or did not tell. */
  readonly workload?: Workload;
}

/** Everything a diagnosis is made of. */
export interface Facts {
  readonly orderId: string;
  /** Absent when the storefront has read nothing of the order, or did not answer. */
  readonly timeline?: Timeline;
  /** What the order service says: its status; null when it knows no such order; absent when it did not answer. */
  readonly order?: { readonly status: string; readonly placedAt?: string } | null;
  readonly services: Readonly<Partial<Record<ServiceName, ServiceFacts>>>;
  /** What services have put aside of this order. */
  readonly letters: readonly DeadLetterOf[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why a step does not speak. */
export type Cause =
  | 'under-way'
  | 'service-down'
  | 'database-away'
  | 'not-consuming'
  | 'not-relayed'
  | 'behind'
  | 'provider-away'
  | 'dead-letter'
  | 'retrying'
  | 'queued'
  | 'silent'
  | 'unread'
  | 'unknown-order';

/** One thing that keeps an order from going on. */
export interface Finding {
  readonly cause: Cause;
  /** The step that is missing; absent where none can be named. */
  readonly step?: string;
  readonly service: string;
  /** ISO 8601: since when it is waited for. */
  readonly since?: string;
  /** What is the matter, a sentence. */
  readonly says: string;
  /** What to do about it, a sentence. */
  readonly next: string;
  /** The numbers behind it, where the service told them: what its group has not taken, what it has not sent. */
  readonly numbers?: {
    readonly lag?: Readonly<Record<string, number>>;
    readonly outboxRows?: number;
    readonly outboxOldestSeconds?: number;
  };
}

/** How an order is, and what is the matter if anything is. */
export interface Diagnosis {
  readonly orderId: string;
  /** As the storefront knows it, else as the order service does. */
  readonly state: string;
  readonly findings: readonly Finding[];
}
