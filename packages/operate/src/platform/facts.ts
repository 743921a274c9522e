import type { ClusterState } from '@quadrille/kafka';
import type { RelayStanding } from '@quadrille/outbox';

/** Messages that a service has put aside, by why. */
export interface ParkedByCode {
  readonly code: string;
  readonly state: string;
  readonly messages: number;
  readonly oldestSeconds: number;
}

/** A service's database, seen from outside. */
export interface DatabaseState {
  readonly version: string;
  readonly readOnly: boolean;
  readonly inRecovery: boolean;
  readonly fsync: string;
  readonly synchronousCommit: string;
  /** Null where the service has no outbox. */
  readonly outbox: { readonly records: number; readonly oldestSeconds: number; readonly dead: number } | null;
  /** Who publishes the outbox; undefined where there is none. */
  readonly relays?: RelayStanding;
  readonly parked: readonly ParkedByCode[];
}

/** What `/health/ready` told. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly ok: boolean }>>;
}

/** What could be seen, or why it could not. */
export type Seen<State> = State | { readonly cause: string };

/** Everything the platform and the services told. */
export interface PlatformFacts {
  readonly databases: Readonly<Record<string, Seen<DatabaseState>>>;
  /** Undefined where no broker is known. */
  readonly cluster: Seen<ClusterState> | undefined;
  readonly services: Readonly<Record<string, Seen<Readiness>>>;
  /** How long a message is recognised when it comes again. */
  readonly inboxRetentionHours: number;
}

/** One line of the doctor. `!`: look at it; `✗`: something is broken. */
export interface Check {
  readonly about: string;
  readonly level: 'well' | 'look' | 'broken';
  readonly says: string;
}

export const isSeen = <State extends object>(seen: Seen<State>): seen is State => !('cause' in seen);
