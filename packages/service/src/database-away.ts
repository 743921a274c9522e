import { codeOf } from './boot-problems.js';

const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH']);

/** Classes and codes of SQLSTATE: no connection, none left, shutting down or starting, cancelled for lasting too long, lock not to be had. */
const SQL_STATES = /^(08...|53300|57P0[123]|57014|55P03|25P03)$/;

/** What `pg` says without a code: a free connection could not be had in time, or the one in use broke. */
const WORDS = /timeout exceeded when trying to connect|Connection terminated|not queryable|Query read timeout/i;

/** The database is away or so busy that the same may work later. False for everything else. */
export function isDatabaseAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const code = codeOf(error);
  if (code && (NETWORK.has(code) || SQL_STATES.test(code))) return true;
  const { message, cause } = error as { message?: unknown; cause?: unknown };
  return (typeof message === 'string' && WORDS.test(message)) || isDatabaseAway(cause);
}
