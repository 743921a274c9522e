import { type logCreator, logLevel } from 'kafkajs';

/** Where this package writes what it sees; a pino logger fits. */
export interface Log {
  debug(obj: object, msg: string): void;
  info(obj: object, msg: string): void;
  warn(obj: object, msg: string): void;
  error(obj: object, msg: string): void;
}

/** For those who do not want to know. */
export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What may pass from kafkajs into our log: its other fields can hold configuration, payloads and stacks. */
const PASSED = ['error', 'broker', 'groupId', 'memberId', 'topic', 'partition', 'retryCount', 'retryTime', 'duration'];

/** Said at every start of a producer whose retries are bounded. Ours are: after the last one it is replaced instead. */
const KNOWN = 'Limiting retries for the idempotent producer';
/** What kafkajs tries again; when it gives up, whoever sends or consumes says so, once. */
const TRIED_AGAIN = ['Failed to send messages', 'Failed to connect to seed broker', 'SASL ', 'Crash: '];

/**
 * Routes kafkajs' own log into ours. What it calls an error it mostly tries again, and what it gives up reaches us as an exception: so
 * its errors are our warnings. Its chatter (joined, paused), and what its connections say before others repeat it, is our `debug`.
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

/** Here and there kafkajs logs an error instead of a text. */
const isRepeated = (message: unknown): boolean => {
  const text = message instanceof Error ? message.message : String(message);
  return [KNOWN, ...TRIED_AGAIN].some((known) => text.startsWith(known));
};
