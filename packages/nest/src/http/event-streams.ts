import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/**
 * Server-sent events never end by themselves: when the service stops they are cut, and browsers come back by themselves. A reader
 * who names no type is recognised by the answer. Connections on which nothing was ever asked, as browsers open them in advance,
 * count as busy for Node.js; they are closed when the last answer is out.
 */
export function cutEventStreamsOnClose(fastify: FastifyInstance): void {
  const open = new Set<ServerResponse>();
  let closing = false;
  const hangUp = () => {
    if (closing && open.size === 0) fastify.server.closeAllConnections();
  };
  // One for all, since a closure a request is a cost a request.
  function onClose(this: ServerResponse): void {
    open.delete(this);
    hangUp();
  }
  fastify.addHook('onRequest', (_, { raw }, done) => {
    open.add(raw);
    raw.on('close', onClose);
    done();
  });
  fastify.addHook('preClose', async () => {
    closing = true;
    for (const response of open) if (isEventStream(response)) response.destroy();
    // Once the server takes no more connections.
    setImmediate(hangUp);
  });
}

const isEventStream = (response: ServerResponse): boolean =>
  `${response.req.headers.accept} ${response.getHeader('content-type')}`.includes('text/event-stream');
