import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Server-sent events never end by themselves: when the service stops they are cut, and browsers come back by themselves. */
export function cutEventStreamsOnClose(fastify: FastifyInstance): void {
  const open = new Set<ServerResponse>();
  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.headers.accept?.includes('text/event-stream')) return;
    open.add(reply.raw);
    reply.raw.once('close', () => open.delete(reply.raw));
  });
  fastify.addHook('preClose', async () => {
    for (const response of open) response.destroy();
  });
}
