import type { ClusterState } from '@quadrille/kafka';
import type { RelayRank } from '@quadrille/outbox';

/** Number of parked messages and dead letters of a service, by code. */
export interface ParkedByCode {
  readonly code: string;
  readonly state: string;
  readonly messages: number;
  readonly oldestSeconds: number;
}

/** The state of a service's database, seen from outside. */
export interface DatabaseState {
  readonly version: string;
  readonly readOnly: boolean;
  readonly inRecovery: boolean;
  readonly fsync: string;
  readonly synchronousCommit: string;
  /** Null for a service without an outbox. */
  readonly outbox: { readonly records: number; readonly oldestSeconds: number; readonly dead: number } | null;
  /** The relays of the outbox; undefined without an outbox. */
  readonly relays?: RelayRank;
  /** Other schemas of the database whose outbox no relay publishes. */
  readonly unrelayed: readonly string[];
  readonly parked: readonly ParkedByCode[];
}

/** The response of `/health/ready`. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly ok: boolean }>>;
}

/** An observed state, or the cause of a failed observation. */
export type Seen<State> = State | { readonly cause: string };

/** The observed state of the platform and the services. */
export interface PlatformFacts {
  readonly databases: Readonly<Record<string, Seen<DatabaseState>>>;
  /** Undefined if no broker is configured. */
  readonly cluster: Seen<ClusterState> | undefined;
  readonly services: Readonly<Record<string, Seen<Readiness>>>;
  /** Time for which the inbox recognises a duplicate. */
  readonly inboxRetentionHours: number;
}

/** One line of the doctor. `!`: needs attention; `✗`: broken. */
export interface Check {
  readonly about: string;
  readonly level: 'well' | 'look' | 'broken';
  readonly message: string;
}

export const isSeen = <State extends object>(seen: Seen<State>): seen is State => !('cause' in seen);
