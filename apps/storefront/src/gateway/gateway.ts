import replyFrom from '@fastify/reply-from';
import { variableOf } from '@quadrille/contracts';
import type { TokenReader } from '@quadrille/nest';
import type { FastifyInstance } from 'fastify';
import { ALLOWED, BEHIND_THE_GATEWAY, type ServiceBehind } from './routes.js';
import { answerUnavailable, statusOfFailure, WHY_AWAY } from './unavailable.js';

/** Timeout of the beginning of a service's response. */
const ANSWER_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** The forwarded headers of a browser; the library adds those of the connection. */
const PASSED_ON = [
  'accept',
  'authorization',
  'content-type',
  'content-length',
  'idempotency-key',
  'traceparent',
  'tracestate',
];

export interface GatewayOptions {
  /** The address of each service; a missing one answers 501. */
  readonly urls: Partial<Record<ServiceBehind, string>>;
  /** The operator address of each. */
  readonly adminUrls: Partial<Record<ServiceBehind, string>>;
  /** Whether demonstration routes are allowed. */
  readonly demo: boolean;
  /** Returns the access token of the user signed in to the browser. */
  readonly tokenOf: TokenReader['tokenOf'];
}

/**
 * Forwards the requests that {@link ALLOWED} lists, so that browsers use one origin and services need no CORS. Does not retry:
 * the page reports the unavailable service and repeats the request.
 */
export async function gateway(
  fastify: FastifyInstance,
  { urls, adminUrls, demo, tokenOf }: GatewayOptions,
): Promise<void> {
  await fastify.register(replyFrom, {
    undici: {
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    } as object,
    retryMethods: [],
    disableRequestLogging: true,
  });
  for (const service of BEHIND_THE_GATEWAY) {
    for (const allowed of ALLOWED[service]) {
      if (allowed.demo && !demo) continue;
      fastify.route({
        method: allowed.method,
        url: `/api/${service}${allowed.path}`,
        // The service decides, by the forwarded token.
        config: { access: 'public' },
        handler: async (request, reply) => {
          const url = (allowed.admin ? adminUrls : urls)[service];
          if (!url) {
            const detail = `This storefront has no address of the ${service} service (${variableOf(service, 'URL')}).`;
            return answerUnavailable(reply, service, 501, detail);
          }
          const path = pathOf(allowed.path, request.params as Record<string, string>);
          if (path === undefined) return reply.callNotFound();
          // Reading needs a token in part only: an outage of the issuer leaves the catalogue. The service decides.
          const token = await tokenOf(request, reply).catch((error: unknown) => {
            if (allowed.method !== 'GET') throw error;
            return undefined;
          });
          return reply.from(`${url}${path}`, {
            rewriteRequestHeaders: (_, headers) => ({
              ...(token && { authorization: `Bearer ${token}` }),
              ...Object.fromEntries(Object.entries(headers).filter(([name]) => PASSED_ON.includes(name))),
            }),
            onError: (failed, { error }) => {
              const status = statusOfFailure(error);
              answerUnavailable(failed as typeof reply, service, status, WHY_AWAY[status](service));
            },
          });
        },
      });
    }
  }
}

/** Sequences that the library below refuses to forward, at any position. */
const UPWARDS = /\/\.\.|\.\.\//;

/**
 * Rebuilds the path of the allowed route with re-encoded parameters: an encoded backslash, slash or dots would lead elsewhere
 * once a URL is parsed. Undefined if one would still. The library appends the query itself.
 */
function pathOf(route: string, parameters: Readonly<Record<string, string>>): string | undefined {
  if (Object.values(parameters).some((value) => value === '' || value === '.')) return undefined;
  const path = route.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(parameters[name]!));
  return UPWARDS.test(decodeURIComponent(path)) ? undefined : path;
}
