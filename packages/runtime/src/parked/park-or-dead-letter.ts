import { deadLetterTopicOf } from '@quadrille/choreography';
import type { ParkedRow } from '@quadrille/inbox';
import type { IncomingRecord, OutgoingRecord } from '@quadrille/kafka';
import { fullJitter } from '@quadrille/postgres';
import { parkable } from '../batch/original.js';
import type { EventInput, Failure, Unreadable } from '../input.js';

/** A step that fails this often in a row has a bug, not bad luck: an operator must look. */
const MAX_STEP_ATTEMPTS = 5;
/** First pause before a parked message is tried again; doubles with each attempt. */
const RETRY_BASE_MS = 250;
/** Longest pause: when what was away is back, the first message that waited for it is tried within this time, and then all of them. */
const RETRY_CAP_MS = 8_000;

/** Leaves a record of a notice, with key and headers, below what a broker takes. */
const MAX_NOTICE_BYTES = 900_000;
const MAX_CAUSE_CHARACTERS = 10_000;

/** What becomes of a message that could not be taken for the `attempts`th time. */
export interface RetryDecision {
  readonly state: 'retrying' | 'dead';
  readonly attempts: number;
  /** Until it is tried again; null where an operator must look. */
  readonly pauseMs: number | null;
}

/** Whether what kept a message from being taken passes by itself, so that it is tried again without end. */
export const passes = (code: string): boolean => code === 'outside-unavailable' || code === 'locked';

/** The codes of a {@link Failure}: of a message that was read. */
export const isOfInput = (code: string): code is Failure['code'] =>
  passes(code) || code === 'step-failed' || code === 'database' || code === 'store-failed';

/** What passes is tried again without end, a bug a few times. */
export function retryDecisionOf({ code }: Pick<Failure, 'code'>, attempts: number): RetryDecision {
  if (!passes(code) && attempts >= MAX_STEP_ATTEMPTS) return { state: 'dead', attempts, pauseMs: null };
  return { state: 'retrying', attempts, pauseMs: fullJitter(attempts, RETRY_BASE_MS, RETRY_CAP_MS) };
}

/** What is set aside, and why. `behind`: only because its key waits. */
export type FailedMessage =
  | { readonly input: EventInput; readonly failed: Failure | 'behind' }
  | { readonly input: Unreadable; readonly failed: 'unreadable' | 'behind' };

/** One record a dead letter on the service's dead-letter topic, keyed like the original. One that is too large for a second time is only named. */
export function noticesOf(
  system: string,
  service: string,
  dead: readonly Pick<ParkedRow, 'step' | 'messageId' | 'key' | 'code' | 'cause' | 'message'>[],
): OutgoingRecord[] {
  const topic = deadLetterTopicOf(system, service);
  return dead.map(({ step, messageId, key, code, cause, message }) => ({
    topic,
    key,
    headers: { 'content-type': 'application/json', 'quadrille-code': code },
    payload: noticeOf({ service, step, messageId, code, cause: cause.slice(0, MAX_CAUSE_CHARACTERS) }, message),
  }));
}

/** With the original where a topic can take that once more, which is then text within text; else with its place. */
function noticeOf(facts: object, original: unknown): string {
  const whole = JSON.stringify({ ...facts, original });
  if (Buffer.byteLength(whole) <= MAX_NOTICE_BYTES) return whole;
  const { topic, partition, offset } = original as IncomingRecord;
  return JSON.stringify({ ...facts, original: { topic, partition, offset, tooLarge: true } });
}

/** How it waits, and why. */
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
  if (failed === 'behind' || failed === 'unreadable') {
    const cause = 'An earlier message of this key waits.';
    return { ...common, state: 'queued', code: 'behind', cause, attempts: 0, pauseMs: null };
  }
  const { code, cause } = failed;
  return { ...common, code, cause, ...retryDecisionOf(failed, 1) };
}
