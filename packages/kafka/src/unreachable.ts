/// <reference path="./kafkajs-inside.d.ts" />
import protocolError from 'kafkajs/src/protocol/error.js';
import { refusalOf } from './security/refusal.js';

/** No broker answered, or none lets this client in. One sentence that says which ones were tried and what to do. */
export class KafkaUnreachable extends Error {
  /** Half a sentence of what to do, where a broker is there and TLS or SASL keeps this client out. */
  readonly refusal: string | undefined;

  constructor(
    readonly brokers: readonly string[],
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const refusal = refusalOf(cause);
    super(
      refusal
        ? `Kafka at ${brokers.join(', ')} cannot be used: ${refusal}`
        : `Kafka does not answer at ${brokers.join(', ')} (${reason}): start a broker there or set the brokers' addresses to where one runs.`,
      { cause },
    );
    this.name = 'KafkaUnreachable';
    this.refusal = refusal;
  }
}

/** kafkajs does not export its error classes to ESM by name; it gives every error a name and some a type. */
interface KafkaJsError extends Error {
  readonly type?: string;
  readonly retriable?: boolean;
}

const CONNECTION = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSLockTimeout',
  // A password that is rotated, or a user that is about to be made, is refused for a while.
  'KafkaJSSASLAuthenticationError',
  'NoToken',
]);

/** The errors an error stands for, outermost first. */
function* chainOf(error: unknown): Generator<KafkaJsError> {
  for (let at = error; at instanceof Error; at = at.cause) yield at as KafkaJsError;
}

/** True when a broker was away or slow, or did not let us in: the same thing may work later. */
export function isConnectionError(error: unknown): boolean {
  for (const { name, type } of chainOf(error)) {
    if (CONNECTION.has(name) || name === 'TimedOut' || type === 'UNSUPPORTED_SASL_MECHANISM') return true;
  }
  return false;
}

/** True when kafkajs thinks the same thing may work later. */
export function isRetriable(error: unknown): boolean {
  if (isConnectionError(error)) return true;
  for (const { name, retriable } of chainOf(error)) {
    if (name === 'KafkaJSNumberOfRetriesExceeded' || retriable === true) return true;
  }
  return false;
}

/** The type of Kafka's protocol error in here: `MESSAGE_TOO_LARGE`; undefined when it is none. */
export function protocolErrorOf(error: unknown): string | undefined {
  for (const { type } of chainOf(error)) if (type !== undefined) return type;
  return undefined;
}

const EXPELLED = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** True when the group says that a member has to join again before it may go on. */
export const mustRejoin = (error: unknown): boolean => EXPELLED.has(protocolErrorOf(error) ?? '');

const UNKNOWN_TOPIC_OR_PARTITION = 3;

/** As a broker says it: kafkajs then asks for the topics anew, and joins the group again. */
export const topicIsGone = (): Error => protocolError.createErrorFromCode(UNKNOWN_TOPIC_OR_PARTITION);
