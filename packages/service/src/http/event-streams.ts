import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/**
 * Server-sent events never end by themselves: when the service stops they are cut, and browsers come back by themselves. A reader
 * who names no type is recognised by the answer. Connections on which nothing was ever asked, as browsers open them in advance,
 * count as busy for Node.js; they are closed when the last answer is out.
 */
export function cutEventStreamsOnClose(fastify: FastifyInstance): void {
  const open = new Map<ServerResponse, string | undefined>();
  let closing = false;
  const hangUp = () => {
    if (closing && open.size === 0) fastify.server.closeAllConnections();
  };
  fastify.addHook('onRequest', async ({ headers }, { raw }) => {
    open.set(raw, headers.accept);
    raw.once('close', () => {
      open.delete(raw);
      hangUp();
    });
  });
  fastify.addHook('preClose', async () => {
    closing = true;
    for (const [response, accepted] of open) if (isEventStream(response, accepted)) response.destroy();
    // Once the server takes no more connections.
    setImmediate(hangUp);
  });
}

const isEventStream = (response: ServerResponse, accepted: string | undefined): boolean =>
  `${accepted} ${response.getHeader('content-type')}`.includes('text/event-stream');
