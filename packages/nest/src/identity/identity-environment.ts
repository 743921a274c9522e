import { isIPv4 } from 'node:net';
import { plainHttpProblem } from '@quadrille/kafka/security';
import { z } from 'zod';

const url = (example: string) => z.url({ protocol: /^https?$/, error: `an address such as ${example}` }).optional();

/** The variables about the authentication of callers by tokens of an OpenID Connect issuer. */
export const identityEnvironment = {
  /** `none`: callers are not authenticated. Required explicitly if other machines reach the service. */
  AUTH: z.enum(['none'], { error: 'none, or nothing where AUTH_ISSUER is set' }).optional(),
  /** The issuer of accepted tokens, exactly as in their `iss`: `https://login.example/realms/shop`. */
  AUTH_ISSUER: url('https://login.example/realms/shop'),
  /** The address of the issuer's keys. Defaults to the one in the issuer's metadata (`/.well-known/openid-configuration`). */
  AUTH_JWKS_URL: url('https://login.example/keys'),
  /** The required audience of tokens: one of their `aud`. */
  AUTH_AUDIENCE: z.string().max(500).optional(),
  /**
   * Hosts, in addition to this machine, from which keys and tokens may be fetched over plain HTTP, such as one of the same
   * compose network.
   */
  PLAIN_HTTP_HOSTS: z.string().max(2_000).optional(),
};

export type IdentityEnvironment = z.infer<z.ZodObject<typeof identityEnvironment>>;

interface Hosts {
  readonly HOST: string;
  readonly ADMIN_HOST: string;
  readonly ADMIN_PORT?: number | undefined;
}

/** Returns one sentence with the problem of the variables as a whole; undefined without one. */
export function identityProblem(env: IdentityEnvironment & Hosts): string | undefined {
  const { AUTH, AUTH_ISSUER, AUTH_JWKS_URL, AUTH_AUDIENCE, PLAIN_HTTP_HOSTS } = env;
  if (AUTH && AUTH_ISSUER) return 'AUTH=none contradicts AUTH_ISSUER: unset one of them.';
  if (AUTH_ISSUER && !AUTH_AUDIENCE) {
    return 'AUTH_AUDIENCE is missing; expected the audience of the tokens, otherwise tokens for any other service of the issuer would be valid here.';
  }
  if (!AUTH_ISSUER && (AUTH_AUDIENCE || AUTH_JWKS_URL)) {
    return 'AUTH_ISSUER is missing; expected the issuer of the tokens, because AUTH_AUDIENCE or AUTH_JWKS_URL is set.';
  }
  for (const [variable, url] of Object.entries({ AUTH_ISSUER, AUTH_JWKS_URL })) {
    const problem = url && plainHttpProblem(variable, url, PLAIN_HTTP_HOSTS);
    if (problem) return problem;
  }
  const reached = AUTH || AUTH_ISSUER ? undefined : reachedAt(env);
  if (reached === undefined) return undefined;
  return `${reached}, so other machines reach this service without authentication: set AUTH_ISSUER and AUTH_AUDIENCE, or set AUTH=none.`;
}

/** Returns the variable that exposes the service to other machines; undefined without one. */
function reachedAt({ HOST, ADMIN_HOST, ADMIN_PORT }: Hosts): string | undefined {
  if (!isLoopback(HOST)) return `HOST is ${HOST}`;
  return ADMIN_PORT === undefined || isLoopback(ADMIN_HOST) ? undefined : `ADMIN_HOST is ${ADMIN_HOST}`;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
