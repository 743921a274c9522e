import replyFrom from '@fastify/reply-from';
import { variableOf } from '@quadrille/contracts';
import type { FastifyInstance } from 'fastify';
import { tokenInCookie } from '../sign-in/access-token.js';
import { answerAway, statusOfFailure, WHY_AWAY } from './away.js';
import { ALLOWED, BEHIND_THE_GATEWAY, type ServiceBehind } from './routes.js';

/** How long a service may take to begin its answer. */
const ANSWER_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** Of a browser's headers, what a service may see; what concerns the connection the library adds. */
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
  /** Where each service is; one that is missing answers 501. */
  readonly urls: Partial<Record<ServiceBehind, string>>;
  /** Where each answers operators. */
  readonly adminUrls: Partial<Record<ServiceBehind, string>>;
  /** Whether what only demonstrations may do gets through. */
  readonly demo: boolean;
}

/**
 * Forwards what {@link ALLOWED} lists, so that browsers talk to one origin and no service has to know of browsers. Nothing is tried
 * twice here: the page says who is away, and asks again.
 */
export async function gateway(fastify: FastifyInstance, { urls, adminUrls, demo }: GatewayOptions): Promise<void> {
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
        // The service decides, by the token that is passed on.
        config: { access: 'public' },
        handler: (request, reply) => {
          const url = (allowed.admin ? adminUrls : urls)[service];
          if (!url) {
            const detail = `This storefront was not told where the ${service} service is (${variableOf(service, 'URL')}).`;
            return answerAway(reply, service, 501, detail);
          }
          const path = pathOf(allowed.path, request.params as Record<string, string>);
          if (path === undefined) return reply.callNotFound();
          return reply.from(`${url}${path}`, {
            rewriteRequestHeaders: (_, headers) => {
              const token = tokenInCookie(request);
              return {
                ...(token && { authorization: `Bearer ${token}` }),
                ...Object.fromEntries(Object.entries(headers).filter(([name]) => PASSED_ON.includes(name))),
              };
            },
            onError: (failed, { error }) => {
              const status = statusOfFailure(error);
              answerAway(failed as typeof reply, service, status, WHY_AWAY[status](service));
            },
          });
        },
      });
    }
  }
}

/** What the library below refuses to forward, wherever it stands. */
const UPWARDS = /\/\.\.|\.\.\//;

/**
 * The path of the route that was allowed, with what stood for its parameters written anew: a backslash, a slash or dots that came
 * encoded would lead elsewhere once a URL is made of them. Undefined where one would still. The library puts the query back by itself.
 */
function pathOf(route: string, parameters: Readonly<Record<string, string>>): string | undefined {
  if (Object.values(parameters).some((value) => value === '' || value === '.')) return undefined;
  const path = route.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(parameters[name]!));
  return UPWARDS.test(decodeURIComponent(path)) ? undefined : path;
}
