import { Kafka, logLevel, type Producer, type RetryOptions } from 'kafkajs';
import { type Log, routeTo, silent } from './log.js';
import { byKey } from './produce-requests.js';
import { installRecordCodec, type Watch } from './record-codec.js';
import { forKafkajs, type Security } from './security/security.js';
import { TopicWatch } from './topic-watch.js';
import { isConnectionError, KafkaUnreachable } from './unreachable.js';

/** The brokers and the identity of a client. */
export interface Connection {
  /** `host:port` or `[IPv6]:port`, one or more. */
  readonly brokers: readonly string[];
  /** Appears in the broker's log and quotas: the service's name. */
  readonly clientId: string;
  readonly log?: Log;
  /** For a cluster with restricted access. */
  readonly security?: Security;
}

const CONNECTION_TIMEOUT_MS = 3_000;
/** Timeout of a request. Its connection is closed, because it may be dead without a signal. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** Sets every field, because kafkajs has other defaults if NODE_ENV is `test`. */
const retryTimes = (retries: number): RetryOptions => ({
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  factor: 0.3,
  multiplier: 2,
  retries,
});

/** About three seconds of retries: then the caller must be informed. */
export const BOUNDED_RETRY = retryTimes(5);

/** A running consumer waits for its broker without a limit. */
export const UNBOUNDED_RETRY = retryTimes(Number.MAX_SAFE_INTEGER);

/** The only place that creates a kafkajs client. Without a watch, an unreadable partition fails the whole fetch. */
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

/** Retries of one request by kafkajs: enough to find a new leader. The caller stores the records and retries. */
const PRODUCER_RETRIES = 2;
const DISCONNECT_WITHIN_MS = 5_000;

/** Connects an idempotent producer, with Java's assignment of keys to partitions. Throws {@link KafkaUnreachable}. */
export async function openProducer(connection: Connection): Promise<Producer> {
  const producer = clientOf(connection).producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner: byKey,
    retry: { ...BOUNDED_RETRY, retries: PRODUCER_RETRIES },
  });
  try {
    await producer.connect();
    return producer;
  } catch (error) {
    await leave(producer);
    throw isConnectionError(error) ? new KafkaUnreachable(connection.brokers, error) : error;
  }
}

/** Disconnects. A broker that does not respond must not block the shutdown. */
export const leave = (producer: Producer): Promise<void> =>
  withTimeout(DISCONNECT_WITHIN_MS, 'Disconnecting', producer.disconnect()).catch(() => {});

/** An operation exceeded its timeout. */
class TimeoutError extends Error {
  constructor(what: string, ms: number) {
    super(`${what} took more than ${ms} ms.`);
    this.name = 'TimedOut';
  }
}

/** Waits for a promise with a timeout; the later result of the promise is ignored. */
export async function withTimeout<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(what, ms)), ms);
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
