import type { FastifyReply, FastifyRequest } from 'fastify';

/** Finds the access token of a request without `Authorization`, such as one in a cookie. A provider of the service. */
export interface TokenReader {
  /** Returns undefined without a token. Throws a problem to answer the request with it. */
  tokenOf(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined>;
}
