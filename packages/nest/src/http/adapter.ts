import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { newId, Problem } from '@quadrille/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, refusalOf, sendProblem } from './problem-document.js';
import { CAREFUL_HEADERS } from './security-headers.js';

/** Longer than proxies keep an idle connection (60 s is usual), so that we are never the one that hangs up in their face. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
/** How long headers and body of a request may take to come in. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How often Node.js looks for requests that take longer; by itself every 30 s. */
const TIMEOUT_CHECK_MS = 1_000;
/** What Fastify reads when nothing else is said. */
const BODY_LIMIT_BYTES = 1_048_576;

/** How a server of ours reads requests. */
export const SERVER_OPTIONS = {
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  // Node.js swaps the two when headers may take longer than the whole, and would wait for a body twice as long.
  headersTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
};

/** Fastify for Nest, bounded in time and size; of whom a proxy of `trustedProxies` says it asks for them, their address counts. What it or Node.js refuses before a route is found is a problem+json as well. */
export function makeAdapter(bodyLimitBytes = BODY_LIMIT_BYTES, trustedProxies: readonly string[] = []): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    ...(trustedProxies.length > 0 && { trustProxy: [...trustedProxies] }),
    genReqId: () => newId(),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: SERVER_OPTIONS,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      reply.headers(CAREFUL_HEADERS);
      sendProblem(reply, refusalOf(error, pathOf(request.url), request.id));
    },
    clientErrorHandler: refuseConnection,
  });
  const server = adapter.getHttpServer();
  // A body that will be refused for its size is not asked for first.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!(Number(request.headers['content-length']) > bodyLimitBytes)) response.writeContinue();
    server.emit('request', request, response);
  });
  return adapter;
}

/** What Node.js cannot read as a request never becomes one: its answer is written by hand. */
function refuseConnection(error: Error & { code?: string; reason?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { document } = refusalOf(unreadable(error), '', newId());
  const { instance: _, ...known } = document;
  const body = JSON.stringify(known);
  const head = [
    `HTTP/1.1 ${document.status} ${STATUS_CODES[document.status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

function unreadable({ code, reason, message }: Error & { code?: string; reason?: string }): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const detail = `The request did not come in whole within ${REQUEST_TIMEOUT_MS / 1_000} s.`;
    return new Problem(408, 'request-timeout', detail);
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Problem(431, 'headers-too-large', 'The headers are larger than this service reads.');
  }
  return new Problem(400, 'malformed-request', `This is no HTTP/1.1 request: ${reason ?? message}.`);
}
