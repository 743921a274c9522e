import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Turns a response into a stream of server-sent events; later writes are sent at once. */
export function openEventStream(reply: FastifyReply): ServerResponse {
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.setHeader('content-type', 'text/event-stream; charset=utf-8');
  raw.setHeader('cache-control', 'no-store');
  // Disables buffering in proxies such as nginx.
  raw.setHeader('x-accel-buffering', 'no');
  raw.writeHead(200);
  return raw;
}
