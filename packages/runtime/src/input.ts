import type { DueDeadline, Envelope, Rejection, Step } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';

/** An input from Kafka as it came, kept whole so that it can be parked and read again. */
export type Original = IncomingRecord;

interface Reaction {
  /** The row that reacts. */
  readonly step: Step;
  /** Inputs of one key keep their order, and wait behind a parked one. */
  readonly key: string;
  /** What the step is given: validated data of today's version, or what is due. */
  readonly payload: unknown;
  /** Its time, ISO 8601: by it silent rows evolve. */
  readonly at: string;
  /** What the saga is known by; absent where the input begins one. */
  readonly correlationId?: string;
  readonly traceparent?: string;
}

/** An event that a row hears. */
export interface EventInput extends Reaction {
  readonly from: 'event';
  /** The name of the event. */
  readonly type: string;
  /** The event's id. */
  readonly messageId: string;
  readonly original: Original;
  /** Set when it is a parked row that runs again. */
  readonly parked?: { readonly id: string; readonly attempts: number };
}

/** An event that only gives a clock more time: no step reacts, so it takes no part in a batch. */
export interface DeadlineExtension {
  readonly from: 'extension';
  /** The clock's row. */
  readonly step: Step;
  readonly key: string;
  /** When it was said, ISO 8601. */
  readonly at: string;
}

/** A caller's command, with its idempotency key if it has one. */
export interface CommandInput extends Reaction {
  readonly from: 'command';
  readonly idempotencyKey?: IdempotencyKey;
}

/** A clock whose time is over. */
export interface DeadlineInput extends Reaction {
  readonly from: 'clock';
  readonly payload: DueDeadline;
}

/** One thing that makes a step react. Whatever way it came in, the runner treats it alike but for how it is told from its repetition. */
export type Input = EventInput | CommandInput | DeadlineInput;

/** Stands for the row where it is not known which rows react to a record. */
export const WHOLE_RECORD = '*';

/** A record that could not be read: parked as it is. */
export interface Unreadable {
  readonly from: 'unreadable';
  /** The row that would react, or {@link WHOLE_RECORD} while nobody knows. */
  readonly step: string;
  readonly key: string;
  readonly messageId: string;
  readonly code: string;
  readonly cause: string;
  readonly original: Original;
}

/** An idempotency key of a caller: the same owner, key and request are answered once. */
export interface IdempotencyKey {
  /** Who the key belongs to: a customer's id. */
  readonly owner: string;
  readonly key: string;
  /** SHA-256 of the request, hex: another request under the same key is refused. */
  readonly requestHash: string;
}

/** What came of an input, once it is durable. `failed` stands only where nothing was changed and nothing is parked: for commands and clocks. */
export type Outcome =
  | { readonly said: Envelope }
  | { readonly refused: Rejection }
  | { readonly nothing: true }
  | { readonly failed: Failure };

/** Why an input could not be taken. */
export interface Failure {
  /**
   * `outside-unavailable`, `locked`: it is tried again until it can be taken. `step-failed`, `database`, `store-failed`: the step threw,
   * the database refused the data, a store threw (what is kept cannot be read): a few times.
   */
  readonly code: 'outside-unavailable' | 'locked' | 'step-failed' | 'database' | 'store-failed';
  readonly cause: string;
  /** What was thrown, for who answers a caller; it is not kept. */
  readonly thrown?: unknown;
}

/** The message was taken before: nothing is done a second time. Known by its identity. */
export const DUPLICATE: Outcome = Object.freeze({ nothing: true } as const);

/** The message is parked behind an earlier one of its key. Known by its identity. */
export const BLOCKED: Outcome = Object.freeze({ nothing: true } as const);

/** Answers given again to a repeated request: what they say was said before. */
export const REPLAYED = new WeakSet<Outcome>();
