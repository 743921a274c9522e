import type { FastifyInstance } from 'fastify';

/** Security headers of responses that are no pages. */
export const CAREFUL_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** Sends security headers. A controller that serves pages may set its own policy: headers of the reply take precedence. */
export function sendSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (_, reply, done) => {
    reply.headers(CAREFUL_HEADERS);
    done();
  });
}
