import type { Verdict } from '@quadrille/audit';
import type { Side } from '../cli/options.js';
import type { Choreography } from '../references/events.js';

/** The interface of a measured system: the same for both sides. */
export interface Shop {
  readonly side: Side | Reference;
  /** The base URL for orders. */
  readonly orderUrl: string;
  /** The database of each service. */
  readonly databases: Readonly<Record<string, string>>;
  readonly brokers: readonly string[];
  /** Process ids by display name; their descendants are included in figures. */
  readonly processes: Readonly<Record<string, readonly number[]>>;
  readonly superuserUrl: string;
  /** The folder and the processes of the counts of Kafka requests. */
  readonly counting: { readonly folder: string; readonly pids: readonly number[] };
  /** An SQL condition, true while a database has unsent events. */
  readonly waiting: string;
  /** Pauses payment's consumer of the order topic until `release`. */
  hold(): Promise<void>;
  release(): Promise<void>;
  /** Waits until all orders and follow-up steps have ended and every outbox is empty. Throws after `withinMs`. */
  atRest(withinMs: number): Promise<void>;
  /** Checks the promises on everything that the system has done. The system must be at rest. */
  audit(): Promise<readonly Verdict[]>;
}

/** References for the cost of an order without a saga, measured in the same run. */
export type Reference = 'six-transactions' | 'two-phase-commit' | Choreography;

/** Throws with the violations if a promise is broken; the run is then invalid. */
export async function demandPromises(shop: Shop): Promise<void> {
  const broken = (await shop.audit()).filter(({ holds }) => !holds);
  if (broken.length === 0) return;
  const found = broken.map(({ promise, violations }) => `${promise}: ${violations.slice(0, 3).join('; ')}`);
  throw new Error(`${shop.side} broke ${broken.length} promises: the run is invalid. ${found.join(' | ')}`);
}
