import type { ParkedRow } from '@quadrille/inbox';
import type { IncomingRecord, OutgoingRecord } from '@quadrille/kafka';
import { fullJitter } from '@quadrille/postgres';
import type { EventInput, Failure, Unreadable } from '../input.js';
import { parkable } from './parkable.js';

/** Consecutive failures after which a step counts as having a bug: an operator must decide. */
const MAX_STEP_ATTEMPTS = 5;
/** First pause in ms before a retry of a parked message; it doubles with each attempt. */
const RETRY_BASE_MS = 250;
/** Maximum pause in ms. After an outage, the first waiting message is retried within this time, and then all others. */
const RETRY_CAP_MS = 8_000;

/** Leaves room for key and headers below the broker's size limit of a record. */
const MAX_NOTICE_BYTES = 900_000;
const MAX_CAUSE_CHARACTERS = 10_000;

/** The next state of a message after failed attempt number `attempts`. */
export interface RetryDecision {
  readonly state: 'retrying' | 'dead';
  readonly attempts: number;
  /** Pause in ms before the retry; null if an operator must decide. */
  readonly pauseMs: number | null;
}

/** `outside-unavailable`: the name of `gateway-unavailable` in rows that were parked before 0.2. */
const TRANSIENT = new Set(['gateway-unavailable', 'outside-unavailable', 'locked']);

/** Whether the cause of a failure passes by itself, so that the message is retried without a limit. */
export const isTransientCode = (code: string): boolean => TRANSIENT.has(code);

/** Whether the code is that of a {@link Failure}: of a message that was read. */
export const isOfInput = (code: string): code is Failure['code'] =>
  isTransientCode(code) || code === 'step-failed' || code === 'database' || code === 'store-failed';

/** Outages are retried without a limit, bugs a few times. */
export function retryDecisionOf({ code }: Pick<Failure, 'code'>, attempts: number): RetryDecision {
  if (!isTransientCode(code) && attempts >= MAX_STEP_ATTEMPTS) return { state: 'dead', attempts, pauseMs: null };
  return { state: 'retrying', attempts, pauseMs: fullJitter(attempts, RETRY_BASE_MS, RETRY_CAP_MS) };
}

/** A message to park, with its failure. `blocked`: parked only because its key waits. */
export type FailedMessage =
  | { readonly input: EventInput; readonly failed: Failure | 'blocked' }
  | { readonly input: Unreadable; readonly failed: 'unreadable' | 'blocked' };

/**
 * Returns one record per dead letter for `topic`, the service's dead-letter topic, with the key of the original. If the original exceeds
 * the limit, the notice contains only its topic, partition and offset.
 */
export function noticesOf(
  topic: string,
  service: string,
  dead: readonly Pick<ParkedRow, 'step' | 'messageId' | 'key' | 'code' | 'cause' | 'message'>[],
): OutgoingRecord[] {
  return dead.map(({ step, messageId, key, code, cause, message }) => ({
    topic,
    key,
    headers: { 'content-type': 'application/json', 'quadrille-code': code },
    payload: noticeOf({ service, step, messageId, code, cause: cause.slice(0, MAX_CAUSE_CHARACTERS) }, message),
  }));
}

/** With the original if it fits into a record (as JSON inside JSON); else with its place. */
function noticeOf(facts: object, original: unknown): string {
  const whole = JSON.stringify({ ...facts, original });
  if (Buffer.byteLength(whole) <= MAX_NOTICE_BYTES) return whole;
  const { topic, partition, offset } = original as IncomingRecord;
  return JSON.stringify({ ...facts, original: { topic, partition, offset, tooLarge: true } });
}

/** Returns the row with state and cause. */
export function parkedRow({ input, failed }: FailedMessage): ParkedRow {
  const common = {
    step: input.from === 'unreadable' ? input.step : input.step.name,
    messageId: input.messageId,
    key: input.key,
    message: parkable(input.original),
  };
  if (input.from === 'unreadable' && failed === 'unreadable') {
    return { ...common, state: 'dead', code: input.code, cause: input.cause, attempts: 1, pauseMs: null };
  }
  if (failed === 'blocked' || failed === 'unreadable') {
    const cause = 'An earlier message of this key waits.';
    return { ...common, state: 'queued', code: 'blocked', cause, attempts: 0, pauseMs: null };
  }
  const { code, cause } = failed;
  return { ...common, code, cause, ...retryDecisionOf(failed, 1) };
}
