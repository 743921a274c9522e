/// <reference path="./kafkajs-inside.d.ts" />
import protocolError from 'kafkajs/src/protocol/error.js';
import { refusalOf } from './security/refusal.js';

/** No broker responded, or none accepts this client. One sentence with the tried addresses and the remedy. */
export class KafkaUnreachable extends Error {
  /** Half a sentence with the remedy, if a broker is reachable and TLS or SASL refuses this client. */
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
  // A rotated password, or a user that is being created, is refused temporarily.
  'KafkaJSSASLAuthenticationError',
  'NoToken',
]);

/** The error and its causes, outermost first. */
function* chainOf(error: unknown): Generator<KafkaJsError> {
  for (let at = error; at instanceof Error; at = at.cause) yield at as KafkaJsError;
}

/** True if a broker was unavailable, slow, or refused the login: a retry may succeed. */
export function isConnectionError(error: unknown): boolean {
  for (const { name, type } of chainOf(error)) {
    if (CONNECTION.has(name) || name === 'TimedOut' || type === 'UNSUPPORTED_SASL_MECHANISM') return true;
  }
  return false;
}

/** True if kafkajs considers a retry useful. */
export function isRetriable(error: unknown): boolean {
  if (isConnectionError(error)) return true;
  for (const { name, retriable } of chainOf(error)) {
    if (name === 'KafkaJSNumberOfRetriesExceeded' || retriable === true) return true;
  }
  return false;
}

/** The type of Kafka's protocol error in the chain: `MESSAGE_TOO_LARGE`; undefined without one. */
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

/** True if the group requires a member to rejoin. */
export const mustRejoin = (error: unknown): boolean => EXPELLED.has(protocolErrorOf(error) ?? '');

const UNKNOWN_TOPIC_OR_PARTITION = 3;

/** The error of a broker for a deleted topic: kafkajs then refreshes the metadata, and rejoins the group. */
export const topicIsGone = (): Error => protocolError.createErrorFromCode(UNKNOWN_TOPIC_OR_PARTITION);
