import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Watches for connections on which nothing was ever asked; clients open such ones ahead of need. To Node.js they do not count as
 * idle, so that a server which closes would wait for them until its headers' timeout. Returns what ends them, and refuses new ones.
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
