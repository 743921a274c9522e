import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Tracks connections that have sent no request; clients open some in advance. Node.js does not treat them as idle, so a
 * closing server would wait for their headers timeout. Returns a function that destroys them and refuses new ones.
 */
export function watchSilentConnections(server: Server): () => void {
  const silent = new Set<Socket>();
  let ending = false;
  server.on('connection', (socket) => {
    if (ending) return void socket.destroy();
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.prependListener('request', (request) => silent.delete(request.socket));
  return () => {
    ending = true;
    for (const socket of silent) socket.destroy();
  };
}
