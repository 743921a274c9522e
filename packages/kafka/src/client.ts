import { Kafka, logLevel, type RetryOptions } from 'kafkajs';
import { type Log, routeTo, silent } from './log.js';
import { installRecordCodec, type Watch } from './record-codec.js';
import { forKafkajs, type Security } from './security/security.js';
import { TopicWatch } from './topic-watch.js';

/** How a service finds its brokers and is known to them. */
export interface Connection {
  /** `host:port` or `[IPv6]:port`, one or more. */
  readonly brokers: readonly string[];
  /** Shows in the broker's log and quotas: the service's name. */
  readonly clientId: string;
  readonly log?: Log;
  /** Of a cluster that is not open to everybody. */
  readonly security?: Security;
}

const CONNECTION_TIMEOUT_MS = 3_000;
/** Without an answer for so long, a request fails and its connection is closed: it may be dead without anybody having been told. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** Every field is set, since kafkajs has other defaults when NODE_ENV is `test`. */
const retryTimes = (retries: number): RetryOptions => ({
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  factor: 0.3,
  multiplier: 2,
  retries,
});

/** About three seconds of trying: then the caller should know. */
export const BOUNDED_RETRY = retryTimes(5);

/** A running consumer waits for its broker as long as it takes. */
export const UNBOUNDED_RETRY = retryTimes(Number.MAX_SAFE_INTEGER);

/** The one place where a kafkajs client is made. Without a watch, what cannot be read of a partition fails the whole fetch. */
export const clientOf = (
  { brokers, clientId, log = silent, security }: Connection,
  watch: Watch = { metadata: new TopicWatch(log, false).look },
): Kafka =>
  installRecordCodec(
    new Kafka({
      ...forKafkajs(security),
      brokers: [...brokers],
      clientId,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      retry: BOUNDED_RETRY,
      logLevel: logLevel.INFO,
      logCreator: routeTo(log),
    }),
    brokers,
    watch,
  );
