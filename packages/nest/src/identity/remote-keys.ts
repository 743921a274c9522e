import { plainHttpProblem } from '@quadrille/kafka/security';
import { messageOf } from '@quadrille/postgres';
import { LogThrottle, Problem } from '@quadrille/runtime';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';

/** Timeout of a request to the issuer. */
const FETCH_TIMEOUT_MS = 5_000;
/** Refresh interval, so that withdrawn keys are detected. */
const REFRESH_MS = 600_000;
/** Minimum interval of fetching unknown keys: otherwise a caller could cause a request per invented key. */
const COOLDOWN_MS = 1_000;
const LOG_LINE_MS = 10_000;
const RETRY_AFTER_SECONDS = 5;

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

export interface KeysOptions {
  readonly issuer: string;
  /** Defaults to the address in the issuer's metadata. */
  readonly jwksUrl: string | undefined;
  /** PLAIN_HTTP_HOSTS */
  readonly plainHttpHosts?: string | undefined;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * The keys of an issuer. They are fetched for the first token, for an unknown key, and periodically; cached keys are used while
 * the issuer is unavailable. Throws a problem 503 if a necessary request fails.
 */
export function remoteKeys({ issuer, jwksUrl, plainHttpHosts, log }: KeysOptions): JWTVerifyGetKey {
  const throttle = new LogThrottle(LOG_LINE_MS);
  const described = (error: unknown) =>
    throttle.log(issuer, (more) =>
      log.warn({ issuer, cause: causeOf(error), ...more }, 'the keys of the issuer cannot be fetched'),
    );
  let found: Promise<RemoteKeys> | undefined;
  let lookedAt = 0;
  const find = (): Promise<RemoteKeys> => {
    found ??= locate(issuer, jwksUrl, plainHttpHosts).then((url) =>
      createRemoteJWKSet(url, {
        timeoutDuration: FETCH_TIMEOUT_MS,
        cooldownDuration: COOLDOWN_MS,
        cacheMaxAge: Number.POSITIVE_INFINITY,
      }),
    );
    found.catch(() => {
      found = undefined;
    });
    return found;
  };
  const refresh = (keys: RemoteKeys): void => {
    if (Date.now() < lookedAt + REFRESH_MS) return;
    lookedAt = Date.now();
    if (keys.jwks()) keys.reload().catch(described);
  };
  return async (header, token) => {
    try {
      const keys = await find();
      refresh(keys);
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      described(error);
      throw new Problem(503, 'identity-unavailable', 'Your token cannot be verified at the moment. Try again soon.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause: error,
      });
    }
  };
}

/** OpenID Connect Discovery 1.0: the metadata must name the requested issuer. */
async function locate(issuer: string, jwksUrl: string | undefined, plainHttpHosts?: string): Promise<URL> {
  if (jwksUrl !== undefined) return new URL(jwksUrl);
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}. Correct AUTH_ISSUER, or set AUTH_JWKS_URL.`);
  const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (metadata.issuer !== issuer) {
    throw new Error(`${url} is of the issuer ${JSON.stringify(metadata.issuer)}. Set AUTH_ISSUER to exactly that.`);
  }
  const found = String(metadata.jwks_uri);
  const problem = plainHttpProblem(`jwks_uri of ${url}`, found, plainHttpHosts);
  if (problem) throw new Error(problem);
  return new URL(found);
}

/** Errors of `fetch` have their reason in `cause`. */
const causeOf = (error: unknown): string => {
  const { cause } = (error ?? {}) as { cause?: unknown };
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
};
