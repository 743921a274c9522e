import { CRASH_POINTS, parseCrashAt } from '@quadrille/crash-points';
import { BROKERS_EXPECTED, brokersIn } from '@quadrille/kafka/addresses';
import { type Security, SecurityProblem, secretOf, securityFrom, type Variables } from '@quadrille/kafka/security';
import { z } from 'zod';
import { BootProblem } from './boot-problems.js';
import { demoPasswordProblem } from './demo-password.js';
import { httpEnvironment } from './http/http-environment.js';
import { identityEnvironment, identityProblem } from './identity/identity-environment.js';
import { kafkaEnvironment } from './kafka-environment.js';

const MAX_INT32 = 2_147_483_647;
/** Variables that may be in a file, which the variable of that name with `_FILE` names. */
const SECRETS = ['DATABASE_URL', 'PERSONAL_DATA_DATABASE_URL', 'PERSONAL_DATA_KEY'];

/** A whole number within bounds, as environment variables write it. */
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

/** A crash point, and at which of its passages. */
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

/** The environment variables every service reads. A service adds its own in its definition. */
export const commonEnvironment = {
  /** The service's own database and role; or in the file of `DATABASE_URL_FILE`. */
  DATABASE_URL: z
    .string({ error: 'a PostgreSQL URL such as postgres://user:password@host:5432/database' })
    .refine(isPostgresUrl, 'a PostgreSQL URL such as postgres://user:password@host:5432/database'),
  /** Connections at most; all work of the service shares them. */
  DATABASE_POOL_SIZE: whole(3, 500, 'connections').default(10),
  /** How long one waits for a free connection, or for the server to answer, before the request is turned away. */
  DATABASE_CONNECT_TIMEOUT_MS: milliseconds().default(3_000),
  /** The longest one SQL statement may run. Migrations are exempt. */
  STATEMENT_TIMEOUT_MS: milliseconds().default(15_000),
  /** The longest one SQL statement may wait for a lock. */
  LOCK_TIMEOUT_MS: milliseconds().default(5_000),
  /** A transaction that does nothing for so long is ended by the server. */
  IDLE_IN_TRANSACTION_TIMEOUT_MS: milliseconds().default(30_000),

  /** The database of the keys of personal data, for services that encrypt or open them; or in the file of `PERSONAL_DATA_DATABASE_URL_FILE`. */
  PERSONAL_DATA_DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, 'a PostgreSQL URL such as postgres://user:password@host:5432/database')
    .optional(),
  /** The secret that the keys are encrypted with, the same in all these services; or in the file of `PERSONAL_DATA_KEY_FILE`. */
  PERSONAL_DATA_KEY: z.string().min(32, '32 random characters or more, such as of openssl rand -base64 32').optional(),

  /** Where the cluster is first asked: `host:port` or `[IPv6]:port`, with commas between. Without a port 9092. */
  KAFKA_BROKERS: z
    .string({ error: BROKERS_EXPECTED })
    .transform(brokersIn)
    .refine((read): read is string[] => read !== undefined && read.length > 0, BROKERS_EXPECTED),
  /** Of topics that this service is the first to create; existing topics keep theirs. */
  TOPIC_PARTITIONS: whole(1, 1_000, 'partitions').default(6),
  /** Of topics that this service is the first to create. */
  TOPIC_REPLICATION_FACTOR: whole(1, 9, 'copies').default(1),
  ...kafkaEnvironment,

  /** The address HTTP listens on; `0.0.0.0` for all. */
  HOST: z.string().default('127.0.0.1'),
  /** The port HTTP listens on; 0 takes a free one. Without it, the service's own default. */
  PORT: whole(0, 65_535, '').optional(),
  ...httpEnvironment,
  ...identityEnvironment,
  /** The largest HTTP body that is read. */
  BODY_LIMIT_BYTES: whole(1_024, 100_000_000, 'bytes').default(1_048_576),

  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info'),
  /** Lines for people instead of JSON. Without it: when a terminal looks. */
  LOG_PRETTY: yesNo.optional(),

  /** Answers `GET /metrics`, and counts what it tells. */
  METRICS: yesNo.default(true),
  /** Where traces go by OTLP over HTTP: `http://localhost:4318`. Without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'an http URL such as http://localhost:4318' })
    .optional(),

  /** How many inputs share a transaction at most. */
  BATCH_MAX_INPUTS: whole(1, 10_000, 'inputs').default(500),
  /** How much memory the inputs of a transaction take at most, about: of commands the bodies, of records the values. */
  BATCH_MAX_BYTES: whole(1_024, MAX_INT32, 'bytes').default(4_194_304),
  /** How many commands wait for their transaction at most; more are answered 503. */
  ADMISSION_MAX_COMMANDS: whole(1, 1_000_000, 'commands').default(1_000),
  /** How many bytes the bodies of waiting commands have at most; more are answered 503. */
  ADMISSION_MAX_BYTES: whole(1_024, MAX_INT32, 'bytes').default(8_388_608),
  /** While the first of the waiting commands has waited longer, more are answered 503; twice as long, and it is, too. */
  ADMISSION_MAX_AGE_MS: milliseconds().default(2_000),
  /** So many sagas may be open without being asked how fast they end; beyond, a command that begins one may be answered 503. */
  ADMISSION_FREE_SAGAS: whole(0, MAX_INT32, 'sagas').default(2_000),
  /** How long a batch waits for the outside world; who has no answer by then is asked again apart from the batch. */
  ASK_PATIENCE_MS: milliseconds().default(250),
  /** How long an answered `Idempotency-Key` is remembered. */
  IDEMPOTENCY_KEY_HOURS: whole(1, 8_760, 'hours').default(24),
  /** How long a message is remembered, so that its repetition is recognised. Longer than the topics keep their records. */
  INBOX_RETENTION_HOURS: whole(1, 87_600, 'hours').default(24 * 14),
  /** How often old rows are looked for. */
  RETENTION_INTERVAL_SECONDS: whole(1, 86_400, 'seconds').default(300),
  /** How many old rows one statement removes. */
  RETENTION_CHUNK_ROWS: whole(1, 100_000, 'rows').default(5_000),

  /** After this silence of a member the consumer group gives its partitions to others: so long a crash may keep them waiting. */
  CONSUMER_SESSION_TIMEOUT_MS: whole(1_000, 300_000, 'milliseconds').default(6_000),
  /** A consumer that was not heard of for so long is wedged: it is restarted, then the process ends. */
  CONSUMER_WEDGED_AFTER_SECONDS: whole(5, 3_600, 'seconds').default(45),
  /** Records wait, or a topic refuses its records, for so long: then the relay says that it is not well. */
  RELAY_STALLED_AFTER_MS: milliseconds().default(60_000),
  /** How long each part may take to finish its work when the service stops. */
  SHUTDOWN_TIMEOUT_MS: milliseconds().default(10_000),

  /** Opens `/control`: holding topics and the relay, for demonstrations and tests. Never in production. */
  QUADRILLE_DEMO: yesNo.default(false),
  /** `relay.taken:3`: this process kills itself at its third passage of that place. Only with QUADRILLE_DEMO. */
  QUADRILLE_CRASH_AT: crashAt.optional(),
  /** Ends the service when the process that started it is gone (by the IPC channel). */
  QUADRILLE_PARENT_WATCH: yesNo.default(false),
};

/** The validated variables that each service has. */
export type CommonEnvironment = z.infer<z.ZodObject<typeof commonEnvironment>>;

function isPostgresUrl(text: string): boolean {
  try {
    const { protocol, hostname, pathname } = new URL(text);
    return /^postgres(ql)?:$/.test(protocol) && hostname !== '' && pathname.length > 1;
  } catch {
    return false;
  }
}

/**
 * Reads and checks the environment: the common variables and those of the service. An empty variable counts as none.
 * Throws a {@link BootProblem} with one sentence for each variable at fault.
 */
export function readEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: NodeJS.ProcessEnv,
): CommonEnvironment & z.infer<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  for (const name of SECRETS) {
    const secret = withSentence(() => secretOf(name, given));
    if (secret) given[name] = secret();
  }
  const read = z.object({ ...commonEnvironment, ...shape }).safeParse(given);
  if (read.success) return honoured(read.data as CommonEnvironment & z.infer<z.ZodObject<Shape>>);
  const sentences = new Map<string, string>();
  for (const issue of read.error.issues) {
    const name = String(issue.path[0] ?? 'The environment');
    if (!sentences.has(name)) sentences.set(name, sentence(name, given[name], issue.message));
  }
  throw new BootProblem([...sentences.values()].join('\n'));
}

/** How the service reaches a cluster that is not open to everybody. Throws a {@link BootProblem}. */
export const securityOf = (env: CommonEnvironment): Security | undefined =>
  withSentence(() => securityFrom(env as unknown as Variables, env.KAFKA_BROKERS));

function withSentence<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof SecurityProblem ? new BootProblem(error.message, { cause: error }) : error;
  }
}

/** What only demonstrations and tests may ask for is refused to everybody else; and what contradicts itself. */
function honoured<Env extends CommonEnvironment>(env: Env): Env {
  securityOf(env);
  const problem = identityProblem(env) ?? demoPasswordProblem(env);
  if (problem) throw new BootProblem(problem);
  if (env.QUADRILLE_DEMO || !env.QUADRILLE_CRASH_AT) return env;
  throw new BootProblem(
    'QUADRILLE_CRASH_AT lets the process die on purpose; it is honoured with QUADRILLE_DEMO=1 only.',
  );
}

function sentence(name: string, value: string | undefined, expected: string): string {
  const found = value === undefined ? 'is missing' : `is ${isSecret(name) ? 'not usable' : JSON.stringify(value)}`;
  return `${name} ${found}; expected ${expected}.`;
}

/** Values of these are never shown, not even wrong ones. */
const isSecret = (name: string): boolean => /(PASSWORD|SECRET|TOKEN|KEY|_URL)$/i.test(name);
