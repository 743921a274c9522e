import { Problem } from '@quadrille/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Access, OPERATOR_SCOPE } from './access.js';
import { ANONYMOUS, ANYONE, type Identified } from './principal.js';
import type { TokenReader, TokenVerifier } from './token-verifier.js';

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** Counts a request of its caller; throws a problem 429 beyond the limit. */
export type CountRequest = (request: FastifyRequest) => Promise<void>;

/**
 * Admits a request only if its route allows the caller ({@link Access}), and within the rate limit; before the body is read.
 * `tokenOf` returns the token of a request without `Authorization`. Without a verifier callers are not authenticated. Call it
 * before adding routes.
 */
export function admitCallers(
  fastify: FastifyInstance,
  verifier: TokenVerifier | undefined,
  count: CountRequest,
  tokenOf: TokenReader['tokenOf'] = async () => undefined,
): void {
  fastify.decorateRequest('principal', null);
  fastify.addHook('onRequest', async (request, reply) => {
    const identified = request as Identified;
    identified.principal = verifier ? ANONYMOUS : ANYONE;
    const refusal = verifier && (await identify(identified, reply, verifier, tokenOf));
    await count(request);
    if (!refusal) return;
    if (refusal instanceof Problem) challenge(reply, refusal);
    throw refusal;
  });
}

/** Identifies the caller, if the route requires it. Returns the problem of a caller that is not allowed. */
async function identify(
  request: Identified,
  reply: FastifyReply,
  verifier: TokenVerifier,
  tokenOf: TokenReader['tokenOf'],
): Promise<unknown> {
  const access = accessOf(request);
  if (access === 'public') return undefined;
  const { authorization } = request.headers;
  try {
    const token = authorization === undefined ? await tokenOf(request, reply) : BEARER.exec(authorization)?.[1];
    if (token === undefined) {
      const detail =
        authorization === undefined ? 'The request has no token' : 'The header Authorization cannot be read';
      return new Problem(401, 'token-missing', `${detail}: send Authorization: Bearer <token>.`);
    }
    const { principal, isOperator } = await verifier.verify(token);
    request.principal = principal;
    if (access === 'customer' || isOperator) return undefined;
    return new Problem(403, 'operators-only', `This needs a token with the scope ${OPERATOR_SCOPE}.`);
  } catch (error) {
    return error;
  }
}

/** A missing route is public. A route without a declaration is for operators. */
const accessOf = ({ is404, routeOptions }: FastifyRequest): Access =>
  is404 ? 'public' : (routeOptions.config.access ?? 'operator');

/** RFC 6750, 3. */
function challenge(reply: FastifyReply, { status, code, detail }: Problem): void {
  const headerFor = (error: string) => `Bearer error="${error}", error_description="${detail.replaceAll('"', "'")}"`;
  if (status === 401)
    reply.header('www-authenticate', code === 'token-missing' ? 'Bearer' : headerFor('invalid_token'));
  if (status === 403) reply.header('www-authenticate', `${headerFor('insufficient_scope')}, scope="${OPERATOR_SCOPE}"`);
}
