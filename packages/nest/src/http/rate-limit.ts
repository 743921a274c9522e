import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import { Problem } from '@quadrille/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CountRequest } from '../identity/admit-callers.js';
import type { Identified } from '../identity/principal.js';

const WINDOW_MS = 60_000;
/** Maximum number of counted callers; beyond it, the least recent ones are dropped. */
const MAX_CALLERS = 10_000;

/** Counts requests per caller: by the subject of the token, else by address. Call it before adding routes. */
export async function limitRates(fastify: FastifyInstance, requestsPerMinute: number): Promise<CountRequest> {
  await fastify.register(rateLimit, {
    global: false,
    max: requestsPerMinute,
    timeWindow: WINDOW_MS,
    cache: MAX_CALLERS,
    keyGenerator: callerOf,
  });
  const count = fastify.createRateLimit();
  return async (request) => {
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return;
    throw new Problem(429, 'too-many-requests', `You sent more than ${requestsPerMinute} requests within a minute.`, {
      retryAfterSeconds: Math.max(1, counted.ttlInSeconds),
    });
  };
}

/** Addresses contain no space, so that no two callers are confused. */
const callerOf = (request: FastifyRequest): string => {
  const { subject } = (request as Identified).principal;
  return subject === undefined ? addressOf(request) : `subject ${subject}`;
};

/** The address of a caller; for IPv6 the 64-bit network of a household. */
export const addressOf = ({ ip }: FastifyRequest): string => normalizeIP(ip);
