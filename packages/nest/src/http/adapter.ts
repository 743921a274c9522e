import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { newId, Problem } from '@quadrille/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, refusalOf, sendProblem } from './problem-document.js';
import { CAREFUL_HEADERS } from './security-headers.js';

/** Above the idle timeout of proxies (usually 60 s), so that the server never closes a connection first. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
/** Timeout of receiving headers and body of a request. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Interval at which Node.js checks for slow requests; its default is 30 s. */
const TIMEOUT_CHECK_MS = 1_000;
/** The default maximum body of Fastify. */
const BODY_LIMIT_BYTES = 1_048_576;

/** The server settings of all services. */
export const SERVER_OPTIONS = {
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  // Node.js swaps the two if headers may take longer than the whole request, and would wait for a body twice as long.
  headersTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
};

/**
 * Fastify for Nest, with limits of time and size. For requests of a proxy in `trustedProxies`, the forwarded address counts.
 * Rejections by Fastify or Node.js before routing are problem+json as well.
 */
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
  // A body that exceeds the limit is rejected before it is sent.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!(Number(request.headers['content-length']) > bodyLimitBytes)) response.writeContinue();
    server.emit('request', request, response);
  });
  return adapter;
}

/** Input that Node.js cannot parse never becomes a request: its response is written by hand. */
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
