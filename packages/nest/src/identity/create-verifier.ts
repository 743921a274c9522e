import type { Logger } from 'pino';
import type { IdentityEnvironment } from './identity-environment.js';
import { remoteKeys } from './remote-keys.js';
import { TokenVerifier } from './token-verifier.js';

/** Creates the verifier for tokens of AUTH_ISSUER; undefined if callers are not authenticated. */
export function createVerifier(env: IdentityEnvironment, log: Pick<Logger, 'warn'>): TokenVerifier | undefined {
  const {
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
    AUTH_JWKS_URL: jwksUrl,
    PLAIN_HTTP_HOSTS: plainHttpHosts,
  } = env;
  if (issuer === undefined || audience === undefined) return undefined;
  return new TokenVerifier({ issuer, audience, keys: remoteKeys({ issuer, jwksUrl, plainHttpHosts, log }) });
}
