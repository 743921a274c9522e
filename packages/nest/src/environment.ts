import { CRASH_POINTS, parseCrashAt } from '@quadrille/crash-points';
import { BROKERS_EXPECTED, brokersIn } from '@quadrille/kafka/addresses';
import { type Security, SecurityProblem, secretOf, securityFrom, type Variables } from '@quadrille/kafka/security';
import { z } from 'zod';
import { BootProblem } from './boot-problems.js';
import { kafkaEnvironment, personalDataEnvironment, postgresUrl } from './connection-environment.js';
import { demoPasswordProblem } from './demo-password.js';
import { httpEnvironment } from './http/http-environment.js';
import { identityEnvironment, identityProblem } from './identity/identity-environment.js';

const MAX_INT32 = 2_147_483_647;
/** Variables that may be in a file, which the variable of that name with `_FILE` names. Those of Kafka are read at each login. */
const MAY_BE_IN_A_FILE = /^(?!KAFKA_).*(PASSWORD|SECRET|TOKEN|KEYS?|DATABASE_URL)$/;

/** Parses a whole number within bounds from an environment variable. */
const whole = (least: number, most: number, unit: string) => {
  const expected = `a whole number from ${least} to ${most}${unit && ` (${unit})`}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= least && value <= most, expected);
};

/** `1`, `true`, `yes`, `on` or their opposites. */
const yesNo = z
  .string()
  .regex(/^(1|0|true|false|yes|no|on|off)$/i, '1 or 0')
  .transform((text) => /^(1|true|yes|on)$/i.test(text));

/** A crash point, and the number of passages until the crash. */
const crashAt = z.string().transform((text, refusing) => {
  const at = parseCrashAt(text);
  if (at) return at;
  refusing.addIssue({
    code: 'custom',
    message: `one of ${Object.keys(CRASH_POINTS).join(', ')}, maybe with a passage as in relay.taken:3`,
  });
  return z.NEVER;
});

const milliseconds = (most = MAX_INT32) => whole(1, most, 'milliseconds');

/** The environment variables of every service. A service adds its own in its definition. */
export const commonEnvironment = {
  /** The service's own database and role; or in the file of `DATABASE_URL_FILE`. */
  DATABASE_URL: postgresUrl,
  /** Maximum connections, shared by all work of the service. */
  DATABASE_POOL_SIZE: whole(3, 500, 'connections').default(10),
  /** Maximum wait for a free connection, or for a response of the server; then the request fails. */
  DATABASE_CONNECT_TIMEOUT_MS: milliseconds().default(3_000),
  /** Maximum duration of one SQL statement. Migrations are exempt. */
  STATEMENT_TIMEOUT_MS: milliseconds().default(15_000),
  /** Maximum wait of one SQL statement for a lock. The other rows of its batch stay locked during that time, so other instances wait as well. */
  LOCK_TIMEOUT_MS: milliseconds().default(2_000),
  /** The server ends a transaction that is idle for this time. */
  IDLE_IN_TRANSACTION_TIMEOUT_MS: milliseconds().default(30_000),

  ...personalDataEnvironment,

  /** The seed brokers: comma-separated `host:port` or `[IPv6]:port`. The default port is 9092. */
  KAFKA_BROKERS: z
    .string({ error: BROKERS_EXPECTED })
    .transform(brokersIn)
    .refine((read): read is string[] => read !== undefined && read.length > 0, BROKERS_EXPECTED),
  /** For topics that this service creates; existing topics are unchanged. */
  TOPIC_PARTITIONS: whole(1, 1_000, 'partitions').default(6),
  /** For topics that this service creates. */
  TOPIC_REPLICATION_FACTOR: whole(1, 9, 'copies').default(1),
  ...kafkaEnvironment,

  /** The address of the HTTP listener; `0.0.0.0` for all. */
  HOST: z.string().default('127.0.0.1'),
  /** The port of the HTTP listener; 0 selects a free one. Defaults to the service's own. */
  PORT: whole(0, 65_535, '').optional(),
  ...httpEnvironment,
  ...identityEnvironment,
  /** Maximum size of an HTTP body. */
  BODY_LIMIT_BYTES: whole(1_024, 100_000_000, 'bytes').default(1_048_576),

  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info'),
  /** Readable lines instead of JSON. Defaults to true on a terminal. */
  LOG_PRETTY: yesNo.optional(),

  /** Serves `GET /metrics`, and collects the metrics. */
  METRICS: yesNo.default(true),
  /** The OTLP endpoint over HTTP: `http://localhost:4318`. Without it tracing is off. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'an http URL such as http://localhost:4318' })
    .optional(),

  /** Maximum inputs per transaction. */
  BATCH_MAX_INPUTS: whole(1, 10_000, 'inputs').default(500),
  /** Approximate maximum memory of a transaction's inputs: the bodies of commands, the values of records. */
  BATCH_MAX_BYTES: whole(1_024, MAX_INT32, 'bytes').default(4_194_304),
  /** Maximum commands waiting for a transaction; further ones are answered 503. */
  ADMISSION_MAX_COMMANDS: whole(1, 1_000_000, 'commands').default(1_000),
  /** Maximum total size of the bodies of waiting commands; further ones are answered 503. */
  ADMISSION_MAX_BYTES: whole(1_024, MAX_INT32, 'bytes').default(8_388_608),
  /**
   * Maximum age of the oldest waiting command; beyond it new commands are answered 503, and after twice that time the waiting
   * ones are, too.
   */
  ADMISSION_MAX_AGE_MS: milliseconds().default(2_000),
  /**
   * Open sagas that are always allowed; beyond, a command that starts one may be answered 503, depending on the rate of endings.
   */
  ADMISSION_FREE_SAGAS: whole(0, MAX_INT32, 'sagas').default(2_000),
  /** Maximum wait of a batch for external calls; slower ones are called again separately from the batch. */
  CALL_TIMEOUT_MS: milliseconds().default(250),
  /** Retention of an answered `Idempotency-Key`. */
  IDEMPOTENCY_KEY_HOURS: whole(1, 8_760, 'hours').default(24),
  /** Retention of message ids in the inbox, for the detection of duplicates. It must exceed the retention of the topics. */
  INBOX_RETENTION_HOURS: whole(1, 87_600, 'hours').default(24 * 14),
  /** Interval of the retention. */
  RETENTION_INTERVAL_SECONDS: whole(1, 86_400, 'seconds').default(300),
  /** Maximum rows that one statement deletes. */
  RETENTION_CHUNK_ROWS: whole(1, 100_000, 'rows').default(5_000),

  /**
   * Without heartbeats of a member for this time, the consumer group reassigns its partitions: the maximum delay after a crash.
   */
  CONSUMER_SESSION_TIMEOUT_MS: whole(1_000, 300_000, 'milliseconds').default(6_000),
  /** A consumer without activity for this time is stalled: it is restarted, then the process exits. */
  CONSUMER_STALLED_AFTER_SECONDS: whole(5, 3_600, 'seconds').default(45),
  /** Records wait, or a topic refuses its records, for this time: then the relay reports that it is unhealthy. */
  RELAY_STALLED_AFTER_MS: milliseconds().default(60_000),
  /** Maximum time of each component to finish its work at shutdown. */
  SHUTDOWN_TIMEOUT_MS: milliseconds().default(10_000),

  /** Enables `/control`, which pauses topics and the relay, for demonstrations and tests. Never in production. */
  QUADRILLE_DEMO: yesNo.default(false),
  /** `relay.taken:3`: this process kills itself at its third passage of that crash point. Only with QUADRILLE_DEMO. */
  QUADRILLE_CRASH_AT: crashAt.optional(),
  /** Stops the service when its parent process has exited (detected by the IPC channel). */
  QUADRILLE_PARENT_WATCH: yesNo.default(false),
};

/** The validated variables of every service. */
export type CommonEnvironment = z.infer<z.ZodObject<typeof commonEnvironment>>;

/**
 * Reads and validates the environment: the common variables and those of the service. An empty variable counts as missing. Throws
 * a {@link BootProblem} with one sentence per invalid variable.
 */
export function readEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: NodeJS.ProcessEnv,
): CommonEnvironment & z.infer<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const variables = { ...commonEnvironment, ...shape };
  for (const name of Object.keys(variables).filter((each) => MAY_BE_IN_A_FILE.test(each))) {
    const secret = withSentence(() => secretOf(name, given));
    if (secret) given[name] = secret();
  }
  const read = z.object(variables).safeParse(given);
  if (read.success) return honoured(read.data as CommonEnvironment & z.infer<z.ZodObject<Shape>>);
  const sentences = new Map<string, string>();
  for (const issue of read.error.issues) {
    const name = String(issue.path[0] ?? 'The environment');
    if (!sentences.has(name)) sentences.set(name, sentence(name, given[name], issue.message));
  }
  throw new BootProblem([...sentences.values()].join('\n'));
}

/** The security settings of a restricted cluster. Throws a {@link BootProblem}. */
export const securityOf = (env: CommonEnvironment): Security | undefined =>
  withSentence(() => securityFrom(env as unknown as Variables, env.KAFKA_BROKERS));

function withSentence<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof SecurityProblem ? new BootProblem(error.message, { cause: error }) : error;
  }
}

/** Rejects settings that are reserved for demonstrations and tests, and contradicting ones. */
function honoured<Env extends CommonEnvironment>(env: Env): Env {
  securityOf(env);
  const problem = identityProblem(env) ?? demoPasswordProblem(env);
  if (problem) throw new BootProblem(problem);
  if (env.QUADRILLE_DEMO || !env.QUADRILLE_CRASH_AT) return env;
  throw new BootProblem('QUADRILLE_CRASH_AT makes the process kill itself; it requires QUADRILLE_DEMO=1.');
}

function sentence(name: string, value: string | undefined, expected: string): string {
  const found = value === undefined ? 'is missing' : `is ${isSecret(name) ? 'not usable' : JSON.stringify(value)}`;
  return `${name} ${found}; expected ${expected}.`;
}

/** Values of these variables are never shown, not even invalid ones. */
const isSecret = (name: string): boolean => /(PASSWORD|SECRET|TOKEN|KEYS?|_URL)$/i.test(name);
