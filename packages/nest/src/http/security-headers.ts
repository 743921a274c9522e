import type { FastifyInstance } from 'fastify';

/** What keeps browsers careful with answers that are no pages. */
export const CAREFUL_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** A controller that serves pages may set its own policy: headers of the reply win. */
export function sendSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (_, reply, done) => {
    reply.headers(CAREFUL_HEADERS);
    done();
  });
}
