import { isConnectionError, protocolErrorOf } from './unreachable.js';

/**
 * Some records can never be sent: they are too large, or invalid according to the broker. All other records of the call have been
 * acknowledged. `indexes` refer to the argument of `send`.
 */
export class UnsendableRecords extends Error {
  constructor(
    readonly indexes: readonly number[],
    override readonly cause: unknown,
  ) {
    super(
      `${indexes.length} of the records can never be sent: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
    this.name = 'UnsendableRecords';
  }
}

/**
 * Some topics accept no records at the moment: they are deleted, or refused to this client, or without a leader. All records of
 * the call have been acknowledged except those in `indexes`: they wait for their topics, or can never be sent, if they are in
 * `unsendable`.
 */
export class RefusedTopics extends Error {
  constructor(
    readonly indexes: readonly number[],
    /** The reason, by topic. */
    readonly topics: ReadonlyMap<string, unknown>,
    readonly unsendable?: UnsendableRecords,
  ) {
    super(`Topics accept no records: ${[...topics.keys()].join(', ')}.`);
    this.name = 'RefusedTopics';
  }
}

/** A broker's errors for a record that it will never accept. */
const PERMANENT_ERRORS = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** True if sending the same record again is useless. */
export const isPermanentError = (error: unknown): boolean => PERMANENT_ERRORS.has(protocolErrorOf(error) ?? '');

/** A broker's errors for one topic or partition; kafkajs handles topics only as a whole. */
const OF_A_TOPIC = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
  'POLICY_VIOLATION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'INVALID_TIMESTAMP',
]);

/** The values of a topic cannot be encoded for now: the schema registry is away, or refuses a schema. */
export class UnencodedTopic extends Error {
  constructor(topic: string, cause: unknown) {
    super(`The values of ${topic} cannot be encoded: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.name = 'UnencodedTopic';
  }
}

/** Errors of kafkajs for a topic without a response and for an invalid name, and of the encoding of a topic's values. */
const OF_A_NAME = new Set(['KafkaJSMetadataNotLoaded', 'UnencodedTopic']);

/** True if a topic is the cause according to a broker or kafkajs, and not an outage of the broker. */
export function isOfATopic(error: unknown): boolean {
  if (OF_A_TOPIC.has(protocolErrorOf(error) ?? '')) return true;
  for (let at = error; at instanceof Error; at = at.cause) {
    if (OF_A_NAME.has(at.name) || at.message === 'Invalid topic') return true;
  }
  return false;
}

/** True if the broker responded, so that other topics may still be sent to. */
export const isAnswered = (error: unknown): boolean => !isConnectionError(error);
