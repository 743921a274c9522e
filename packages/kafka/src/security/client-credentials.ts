const ANSWERS_WITHIN_MS = 5_000;
/** A token is renewed this long before its expiry, or after half its lifetime if that is shorter. */
const RENEW_BEFORE_MS = 30_000;
/** Lifetime of a token without a stated one. */
const USUAL_LIFE_SECONDS = 300;

/** The client credentials grant for a service's own token (RFC 6749, section 4.4). */
export interface ClientCredentials {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly secret: () => string;
}

/**
 * Returns a function for the service's token, which is cached until shortly before its expiry; concurrent callers share one
 * request.
 */
export function clientCredentials({ tokenUrl, clientId, secret }: ClientCredentials): () => Promise<string> {
  let current: Promise<string> | undefined;
  let goodUntil = 0;
  return () => {
    if (current && Date.now() < goodUntil) return current;
    goodUntil = Number.POSITIVE_INFINITY;
    current = requestToken().catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };

  async function requestToken(): Promise<string> {
    const login = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret())}`).toString('base64');
    const answer = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${login}`, accept: 'application/json' },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    }).catch((error: Error) => {
      throw noToken(`it does not answer (${(error.cause as Error | undefined)?.message ?? error.message})`);
    });
    if (!answer.ok) throw noToken(`it answers ${answer.status}`);
    const { access_token: token, expires_in: seconds = USUAL_LIFE_SECONDS } = (await answer
      .json()
      .catch(() => ({}))) as { access_token?: unknown; expires_in?: number };
    if (typeof token !== 'string' || token === '') throw noToken('its answer has no access_token');
    const lifeMs = seconds * 1_000;
    goodUntil = Date.now() + Math.max(lifeMs / 2, lifeMs - RENEW_BEFORE_MS);
    return token;
  }

  function noToken(why: string): Error {
    return Object.assign(new Error(`No token comes from ${tokenUrl}: ${why}`), { name: 'NoToken' });
  }
}
