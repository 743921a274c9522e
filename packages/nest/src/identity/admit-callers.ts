import { Problem } from '@quadrille/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Access, OPERATOR_SCOPE } from './access.js';
import { ANYONE, type Identified, NOBODY } from './principal.js';
import type { TokenVerifier } from './token-verifier.js';

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** Counts a request for its caller; throws a problem 429 when there were too many. */
export type CountRequest = (request: FastifyRequest) => Promise<void>;

/**
 * Lets a request go on only where its route says that its caller may ({@link Access}), and while the caller does not ask too often;
 * before the body is read. `tokenOf` finds the token of a request without `Authorization`. Without a verifier nobody is asked who they are. Before any route is added.
 */
export function admitCallers(
  fastify: FastifyInstance,
  verifier: TokenVerifier | undefined,
  count: CountRequest,
  tokenOf: (request: FastifyRequest) => string | undefined = () => undefined,
): void {
  fastify.decorateRequest('principal', null);
  fastify.addHook('onRequest', async (request, reply) => {
    const identified = request as Identified;
    identified.principal = verifier ? NOBODY : ANYONE;
    const refusal = verifier && (await identify(identified, verifier, tokenOf));
    await count(request);
    if (!refusal) return;
    if (refusal instanceof Problem) challenge(reply, refusal);
    throw refusal;
  });
}

/** Finds out who asks, where the route wants to know. Gives what they are to be told when they may not. */
async function identify(
  request: Identified,
  verifier: TokenVerifier,
  tokenOf: (request: FastifyRequest) => string | undefined,
): Promise<unknown> {
  const access = accessOf(request);
  if (access === 'public') return undefined;
  const { authorization } = request.headers;
  const token = authorization === undefined ? tokenOf(request) : BEARER.exec(authorization)?.[1];
  if (token === undefined) {
    const detail = authorization === undefined ? 'Say who you are' : 'Authorization cannot be read';
    return new Problem(401, 'token-missing', `${detail}: Authorization: Bearer and a token.`);
  }
  try {
    const { principal, isOperator } = await verifier.verify(token);
    request.principal = principal;
    if (access === 'customer' || isOperator) return undefined;
    return new Problem(403, 'operators-only', `This needs a token with the scope ${OPERATOR_SCOPE}.`);
  } catch (error) {
    return error;
  }
}

/** What is not there is nobody's secret. A route that does not say is for operators. */
const accessOf = ({ is404, routeOptions }: FastifyRequest): Access =>
  is404 ? 'public' : (routeOptions.config.access ?? 'operator');

/** RFC 6750, 3. */
function challenge(reply: FastifyReply, { status, code, detail }: Problem): void {
  const said = (error: string) => `Bearer error="${error}", error_description="${detail.replaceAll('"', "'")}"`;
  if (status === 401) reply.header('www-authenticate', code === 'token-missing' ? 'Bearer' : said('invalid_token'));
  if (status === 403) reply.header('www-authenticate', `${said('insufficient_scope')}, scope="${OPERATOR_SCOPE}"`);
}
