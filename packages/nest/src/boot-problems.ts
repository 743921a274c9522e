import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaUnreachable } from '@quadrille/kafka';
import { NewerSchema } from '@quadrille/runtime';

/** The reason why a service cannot start: sentences with the correction, printed without a stack trace. */
export class BootProblem extends Error {
  constructor(sentences: string, options?: ErrorOptions) {
    super(sentences, options);
    this.name = 'BootProblem';
  }
}

/** The code of an error of Node.js (`ECONNREFUSED`) or PostgreSQL (SQLSTATE); of several attempts, that of the first. */
function codeOf(error: unknown): string | undefined {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown[] };
  return typeof code === 'string' ? code : errors?.length ? codeOf(errors[0]) : undefined;
}

/** `postgres://order@127.0.0.1:5432/order`: the URL without its password and parameters. */
function withoutPassword(url: string): string {
  const { protocol, username, hostname, port, pathname } = new URL(url);
  return `${protocol}//${username && `${username}@`}${hostname}${port && `:${port}`}${pathname}`;
}

/** cannot_connect_now */
const STARTING = '57P03';
const NO_AUTHORITY =
  'no authority that is known here has signed its certificate. Name that of the server in DATABASE_URL: sslrootcert=<file>.';

const DATABASE_SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Start PostgreSQL, or correct DATABASE_URL.',
  ENOTFOUND: 'there is no host of that name. Correct DATABASE_URL.',
  EAI_AGAIN: 'the name of the host cannot be looked up. Correct DATABASE_URL, or check the network.',
  ETIMEDOUT: 'it does not answer. Check that it is reachable from here, or correct DATABASE_URL.',
  '28P01': 'the user or the password is refused. Correct DATABASE_URL.',
  '28000': 'the user is refused. Correct DATABASE_URL, or let the user in (pg_hba.conf).',
  '3D000': 'there is no such database. Create it, or correct DATABASE_URL.',
  '42501': 'the user may not create tables there. Make it the owner of the database.',
  '53300': 'it has no connection left. Lower DATABASE_POOL_SIZE, or raise max_connections of the server.',
  [STARTING]: 'it is still starting. Try again in a moment.',
  ENOENT: 'a file that DATABASE_URL names (sslrootcert, sslcert or sslkey) is not there. Correct DATABASE_URL.',
  EACCES: 'a file that DATABASE_URL names (sslrootcert, sslcert or sslkey) may not be read by this user.',
  SELF_SIGNED_CERT_IN_CHAIN: NO_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: NO_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NO_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NO_AUTHORITY,
  CERT_SIGNATURE_FAILURE: NO_AUTHORITY,
  CERT_HAS_EXPIRED: 'its certificate has expired. Renew it on the server.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host. Correct the host in DATABASE_URL.',
};

/** Errors that are identified only by their message. */
const DATABASE_MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/does not support SSL/, 'it does not speak TLS. Switch TLS on there (ssl = on), or drop sslmode from DATABASE_URL.'],
  [/pg_hba\.conf.*no encryption/, 'it takes this user with TLS only. Add sslmode=verify-full to DATABASE_URL.'],
];

/** Whether the database did not answer in time. An SQLSTATE is an answer. */
const isTimeout = (error: unknown): boolean =>
  error instanceof Error && /timeout/i.test(error.message) && !codeOf(error)?.match(/^[0-9A-Z]{5}$/);

/** Whether the database is still starting, or too busy to answer in time: it may answer later. */
const mayAnswerLater = (error: unknown): boolean => isTimeout(error) || codeOf(error) === STARTING;

/** Describes a failure to use the database of a variable at boot. An unexpected error is returned unchanged. */
export function databaseProblem(error: unknown, url: string, variable = 'DATABASE_URL'): unknown {
  if (error instanceof NewerSchema) return new BootProblem(error.message, { cause: error });
  const text = error instanceof Error ? error.message : '';
  const [, meaning] = DATABASE_MESSAGES.find(([message]) => message.test(text)) ?? [];
  const why = meaning ?? DATABASE_SENTENCES[isTimeout(error) ? 'ETIMEDOUT' : (codeOf(error) ?? '')];
  if (!why) return error;
  const sentence = why.replaceAll('DATABASE_URL', variable);
  return new BootProblem(`The database ${withoutPassword(url)} cannot be used: ${sentence}`, { cause: error });
}

/** Describes a failure to listen on an HTTP port at boot; `of` is the prefix of the variables. */
export function listenProblem(error: unknown, host: string, port: number, of: '' | 'ADMIN_' = ''): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new BootProblem(
        `Port ${port} on ${host} is in use. Stop the program that uses it, or set ${of}PORT to another.`,
        { cause: error },
      );
    case 'EACCES':
      return new BootProblem(`Port ${port} may not be used by this user. Set ${of}PORT to one above 1023.`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new BootProblem(
        `${of}HOST is ${host}, which is ${isIP(host) ? 'no address' : 'no name'} of this machine. Set ${of}HOST to 127.0.0.1 or 0.0.0.0.`,
        { cause: error },
      );
    default:
      return error;
  }
}

/** Describes a failure to use the broker at boot. */
export const brokerProblem = (brokers: readonly string[], { refusal, message, cause }: KafkaUnreachable): BootProblem =>
  new BootProblem(
    refusal
      ? message
      : `No Kafka broker answers at ${brokers.join(', ')}: ${cause instanceof Error ? cause.message : String(cause)}. ` +
          'Start it, or correct KAFKA_BROKERS.',
    { cause },
  );

/** Time in ms for a database that is starting, or overloaded because many services start at once. */
const ANSWERS_WITHIN_MS = 30_000;
const RETRY_EVERY_MS = 500;

/**
 * Repeats `work` at boot while its database is starting or does not answer in time, for 30 s at most. Any other failure is final
 * at once.
 */
export async function onceItAnswers<T>(work: () => Promise<T>, withinMs = ANSWERS_WITHIN_MS): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!mayAnswerLater(error) || performance.now() > until) throw error;
      await pause(RETRY_EVERY_MS);
    }
  }
}
