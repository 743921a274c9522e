import { type logCreator, logLevel } from 'kafkajs';

/** The log of this package; a pino logger fits. */
export interface Log {
  debug(obj: object, msg: string): void;
  info(obj: object, msg: string): void;
  warn(obj: object, msg: string): void;
  error(obj: object, msg: string): void;
}

/** Discards all lines. */
export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The fields of kafkajs that may appear in our log: others can hold configuration, payloads and stacks. */
const PASSED = ['error', 'broker', 'groupId', 'memberId', 'topic', 'partition', 'retryCount', 'retryTime', 'duration'];

/**
 * Logged by kafkajs at every start of a producer with bounded retries. It does not apply: after the last retry the producer is
 * replaced.
 */
const KNOWN = 'Limiting retries for the idempotent producer';
/** Errors that kafkajs retries; after the last retry the sender or consumer logs one line. */
const TRIED_AGAIN = ['Failed to send messages', 'Failed to connect to seed broker', 'SASL ', 'Crash: '];

/**
 * Routes kafkajs' log into ours. kafkajs retries most of its errors, and throws the final ones: so its errors are our warnings.
 * Its chatter (joined, paused), and connection errors that are reported elsewhere, are our `debug`.
 */
export const routeTo =
  (log: Log): logCreator =>
  () =>
  ({ namespace, level, log: { message, ...fields } }) => {
    const passed: Record<string, unknown> = { kafkajs: namespace };
    for (const name of PASSED) if (fields[name] !== undefined) passed[name] = fields[name];
    const chatter = level >= logLevel.INFO || namespace === 'Connection' || isRepeated(message);
    log[chatter ? 'debug' : 'warn'](passed, String(message));
  };

/** kafkajs occasionally logs an error instead of a text. */
const isRepeated = (message: unknown): boolean => {
  const text = message instanceof Error ? message.message : String(message);
  return [KNOWN, ...TRIED_AGAIN].some((known) => text.startsWith(known));
};
