import { idNamed, Problem } from '@quadrille/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import { OPERATOR_SCOPE } from './access.js';
import type { IdentityEnvironment } from './identity-environment.js';
import type { Principal } from './principal.js';
import { remoteKeys } from './remote-keys.js';

/** Finds the access token of a request without `Authorization`, such as one in a cookie. A provider of the service. */
export interface TokenReader {
  /** Returns undefined without a token. Throws a problem to answer the request with it. */
  tokenOf(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined>;
}

/** Asymmetric algorithms only: no shared secrets, and never `none`. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Maximum clock skew between two machines. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** A verified token is cached for this time, but never beyond its expiry. */
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 10_000;
const NOT_YET = 'The token is not valid yet.';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The principal of a token, and whether it has the operators' scope. */
export interface Verified {
  readonly principal: Principal;
  readonly isOperator: boolean;
}

interface Remembered {
  readonly verified: Verified;
  readonly until: number;
}

export interface VerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
}

/** Verifies the tokens of one issuer for one audience (RFC 7519, RFC 9068). */
export class TokenVerifier {
  /** In the order of verification. */
  private readonly remembered = new Map<string, Remembered>();

  constructor(private readonly options: VerifierOptions) {}

  /** Throws a problem 401 with one sentence for an invalid token, 503 if the verification is impossible. */
  verify(token: string): Verified | Promise<Verified> {
    const known = this.remembered.get(token);
    if (known && known.until > Date.now()) return known.verified;
    return this.verifyAnew(token);
  }

  private async verifyAnew(token: string): Promise<Verified> {
    const { issuer, audience, keys } = this.options;
    const checks = { issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE_SECONDS };
    const { payload } = await jwtVerify(token, keys, { ...checks, requiredClaims: ['exp', 'sub'] }).catch((error) => {
      throw refusalOf(error, this.options);
    });
    if (isOfTheFuture(payload)) throw new Problem(401, 'invalid-token', NOT_YET);
    const verified = verifiedOf(payload, issuer);
    this.cache(token, { verified, until: Math.min(payload.exp! * 1_000, Date.now() + REMEMBERED_MS) });
    return verified;
  }

  private cache(token: string, remembered: Remembered): void {
    this.remembered.delete(token);
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
    this.remembered.set(token, remembered);
  }
}

/** jose verifies `nbf` only. Without it, a token issued in the future is a forgery or of an issuer with a wrong clock. */
const isOfTheFuture = ({ iat }: JWTPayload): boolean =>
  iat !== undefined && iat > Date.now() / 1_000 + CLOCK_TOLERANCE_SECONDS;

function verifiedOf({ sub, scope }: JWTPayload, issuer: string): Verified {
  const subject = sub!;
  const isOperator = typeof scope === 'string' && scope.split(' ').includes(OPERATOR_SCOPE);
  return { principal: { subject, customerId: isOperator ? undefined : customerOf(subject, issuer) }, isOperator };
}

/** Customers are UUIDs. For an issuer with other names, such as `auth0|64f0`, a UUID is derived from the name. */
function customerOf(subject: string, issuer: string): string {
  const lower = subject.toLowerCase();
  return UUID.test(lower) ? lower : idNamed(`${issuer} ${subject}`);
}

const refusalOf = (error: unknown, options: VerifierOptions): unknown =>
  error instanceof errors.JOSEError ? new Problem(401, 'invalid-token', sentenceOf(error, options)) : error;

function sentenceOf(error: errors.JOSEError, { issuer, audience }: VerifierOptions): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired. Sign in again.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (claim === 'nbf' && reason === 'check_failed') return NOT_YET;
    if (claim === 'aud') return `The token is not meant for ${audience}.`;
    if (claim === 'iss') return `The token is not of the issuer ${issuer}.`;
    return `The token has no claim ${claim} that can be used.`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is not signed in a way that counts here.';
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return `The token is not signed by ${issuer}.`;
  }
  return 'The token cannot be read as a signed JWT.';
}

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
