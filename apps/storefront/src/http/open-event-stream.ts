import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Turns an answer into a stream of server-sent events; what is written to it from now on is sent. */
export function openEventStream(reply: FastifyReply): ServerResponse {
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.setHeader('content-type', 'text/event-stream; charset=utf-8');
  raw.setHeader('cache-control', 'no-store');
  // Proxies of the nginx kind would collect a stream before they pass it on.
  raw.setHeader('x-accel-buffering', 'no');
  raw.writeHead(200);
  return raw;
}
