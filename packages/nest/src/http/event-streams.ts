import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/**
 * Closes server-sent event streams at shutdown: they never end themselves, and browsers reconnect. Streams are recognised by the
 * response's type. Idle connections without any request, as browsers open them in advance, count as busy for Node.js; they are
 * closed after the last response.
 */
export function cutEventStreamsOnClose(fastify: FastifyInstance): void {
  const open = new Set<ServerResponse>();
  let closing = false;
  const hangUp = () => {
    if (closing && open.size === 0) fastify.server.closeAllConnections();
  };
  // One function for all: a closure per request would cost.
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
    // After the server has stopped accepting connections.
    setImmediate(hangUp);
  });
}

const isEventStream = (response: ServerResponse): boolean =>
  `${response.req.headers.accept} ${response.getHeader('content-type')}`.includes('text/event-stream');
