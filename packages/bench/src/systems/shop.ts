import type { Verdict } from '@quadrille/audit';
import type { Side } from '../cli/options.js';

/** A system under measurement, from outside: the same for both sides. */
export interface Shop {
  readonly side: Side | Reference;
  /** Where orders are placed. */
  readonly orderUrl: string;
  /** The database of each service. */
  readonly databases: Readonly<Record<string, string>>;
  readonly brokers: readonly string[];
  /** Process numbers by the name they are shown under; their children count with them. */
  readonly processes: Readonly<Record<string, readonly number[]>>;
  readonly superuserUrl: string;
  /** Where the services write how many requests they have sent to Kafka, and which processes those are. */
  readonly counting: { readonly folder: string; readonly pids: readonly number[] };
  /** Whether anything committed still has to be sent, as a SQL condition in each database. */
  readonly waiting: string;
  /** Payment takes nothing from the orders' topic until `release`. */
  hold(): Promise<void>;
  release(): Promise<void>;
  /** Waits until no order is open, what comes afterwards is done and every outbox is empty. Throws when that takes too long. */
  atRest(withinMs: number): Promise<void>;
  /** The promises, checked on everything the system has done. The system is to be at rest. */
  audit(): Promise<readonly Verdict[]>;
}

/** What an order costs without a saga, measured in the same run. */
export type Reference = 'six-transactions' | 'two-phase-commit';

/** Throws, with what was found, when a promise is broken: then the run has no figure. */
export async function demandPromises(shop: Shop): Promise<void> {
  const broken = (await shop.audit()).filter(({ holds }) => !holds);
  if (broken.length === 0) return;
  const found = broken.map(({ promise, violations }) => `${promise}: ${violations.slice(0, 3).join('; ')}`);
  throw new Error(`${shop.side} broke ${broken.length} promises, so this run has no figure. ${found.join(' | ')}`);
}
