import type { DueDeadline, Envelope, Rejection, Step } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';

/** A record from Kafka as it arrived, stored whole so that it can be parked and read again. */
export type Original = IncomingRecord;

interface Reaction {
  /** The step that reacts. */
  readonly step: Step;
  /** Inputs of one key run in order, and wait behind a parked one. */
  readonly key: string;
  /** The input of the step: validated data of the current version, or the due deadline. */
  readonly payload: unknown;
  /** Time of the input, ISO 8601; rows that emit nothing evolve with it. */
  readonly at: string;
  /** Identity of the saga; absent for an input that begins one. */
  readonly correlationId?: string;
  readonly traceparent?: string;
}

/** An event that a row handles. */
export interface EventInput extends Reaction {
  readonly from: 'event';
  /** The name of the event. */
  readonly type: string;
  /** The event's id. */
  readonly messageId: string;
  readonly original: Original;
  /** Set for a parked message that runs again. */
  readonly parked?: { readonly id: string; readonly attempts: number };
}

/** An event that only extends a deadline: no step reacts, so it is not part of a batch. */
export interface DeadlineExtension {
  readonly from: 'extension';
  /** The step of the deadline row. */
  readonly step: Step;
  readonly key: string;
  /** Time of the event, ISO 8601. */
  readonly at: string;
}

/** A command of a caller, with its idempotency key if it has one. */
export interface CommandInput extends Reaction {
  readonly from: 'command';
  readonly idempotencyKey?: IdempotencyKey;
}

/** A deadline that is due. */
export interface DeadlineInput extends Reaction {
  readonly from: 'deadline';
  readonly payload: DueDeadline;
}

/** An input of a step. The runner treats all kinds alike, except for the detection of duplicates. */
export type Input = EventInput | CommandInput | DeadlineInput;

/** Placeholder for the step name if the reacting steps of a record are unknown. */
export const WHOLE_RECORD = '*';

/** An unreadable record, parked unchanged. */
export interface Unreadable {
  readonly from: 'unreadable';
  /** The step that would react, or {@link WHOLE_RECORD} if unknown. */
  readonly step: string;
  readonly key: string;
  readonly messageId: string;
  readonly code: string;
  readonly cause: string;
  readonly original: Original;
}

/** An idempotency key of a caller: requests with the same owner, key and body run once. */
export interface IdempotencyKey {
  /** Owner of the key: a customer's id. */
  readonly owner: string;
  readonly key: string;
  /** SHA-256 of the request, hex. Another request under the same key is rejected. */
  readonly requestHash: string;
}

/** Durable result of an input. A `failed` command or deadline changed nothing and is not parked; a `failed` event is parked. */
export type Outcome =
  | { readonly event: Envelope }
  | { readonly refused: Rejection }
  | { readonly nothing: true }
  | { readonly failed: Failure };

/** The reason why an input could not be processed. */
export interface Failure {
  /**
   * `gateway-unavailable`, `locked`: retried without a limit. `step-failed`, `database`, `store-failed`: the step threw, the
   * database rejected the data, or a store threw (unreadable rows); retried a few times.
   */
  readonly code: 'gateway-unavailable' | 'locked' | 'step-failed' | 'database' | 'store-failed';
  readonly cause: string;
  /** The exception, for the answer to a caller; it is not stored. */
  readonly thrown?: unknown;
}

/** The answer of a gateway for an input, or its failure. */
export type Answer = { readonly answer: unknown } | { readonly failed: Failure };

/** The gateways' answers for a batch, by input; only of inputs whose steps call a gateway. */
export type Answers = ReadonlyMap<Input | Unreadable, Answer>;

/** The message was processed before, and nothing is done again. Compared by reference. */
export const DUPLICATE: Outcome = Object.freeze({ nothing: true } as const);

/** The message is parked behind an earlier one of its key. Compared by reference. */
export const BLOCKED: Outcome = Object.freeze({ nothing: true } as const);

/** Stored answers to a repeated request; their events were emitted the first time. */
export const REPLAYED = new WeakSet<Outcome>();
