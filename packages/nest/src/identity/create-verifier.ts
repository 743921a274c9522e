import type { Logger } from 'pino';
import type { IdentityEnvironment } from './identity-environment.js';
import { remoteKeys } from './remote-keys.js';
import { TokenVerifier } from './token-verifier.js';

/** What verifies the tokens of AUTH_ISSUER; undefined where nobody is asked who they are. */
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
