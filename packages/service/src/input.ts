import type { Due, Envelope, Refused, Step } from '@quadrille/choreography';

/**
 * One thing that makes a step react. A Kafka record, an HTTP command, a due clock row and a redriven dead letter are
 * all inputs; the runner treats them alike but for how each is told from its own repetition.
 */
export interface Input {
  readonly from: 'event' | 'command' | 'clock' | 'parked';
  /** The row that reacts. */
  readonly step: Step;
  /** Inputs of one key keep their order, and wait behind a parked one. */
  readonly key: string;
  /** What the step is given: validated data of today's version, or what is due. */
  readonly heard: unknown;
  /** The name of the event heard; absent for commands and clocks. */
  readonly heardType?: string;
  /** Its time, ISO 8601: when silent rows evolve. */
  readonly at: string;
  /** UUID of the event heard. */
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly traceparent?: string;
  /** The original, to be parked if it cannot be taken now: a JSON value. */
  readonly original?: unknown;
  /** A command's idempotency key. */
  readonly once?: Once;
  readonly due?: Due;
  /** A parked row that is run again: its id, and how often it was tried before. */
  readonly parked?: { readonly id: string; readonly attempts: number };
}

/** An idempotency key of a caller: the same owner, key and request are answered once. */
export interface Once {
  /** Who the key belongs to: a customer's id. */
  readonly owner: string;
  readonly key: string;
  /** SHA-256 of the request, hex: another request under the same key is refused. */
  readonly requestHash: string;
}

/** What came of an input, once it is durable. */
export type Outcome = { readonly said: Envelope } | { readonly refused: Refused } | { readonly nothing: true };

/** Why an input could not be taken. */
export interface Failure {
  readonly input: Input;
  readonly code: 'outside-unavailable' | 'step-failed' | 'database';
  readonly cause: string;
}
