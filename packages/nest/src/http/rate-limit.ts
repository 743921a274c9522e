import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import { Problem } from '@quadrille/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CountRequest } from '../identity/admit-callers.js';
import type { Identified } from '../identity/principal.js';

const WINDOW_MS = 60_000;
/** Of so many callers the requests are counted; of more, those who asked longest ago are forgotten. */
const MAX_CALLERS = 10_000;

/** Counts requests by whoever makes them: the subject of their token, else their address. Before any route is added. */
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
    throw new Problem(429, 'too-many-requests', `You asked more than ${requestsPerMinute} times within a minute.`, {
      retryAfterSeconds: Math.max(1, counted.ttlInSeconds),
    });
  };
}

/** Addresses have no space in them, so that nobody is taken for another. */
const callerOf = (request: FastifyRequest): string => {
  const { subject } = (request as Identified).principal;
  return subject === undefined ? addressOf(request) : `subject ${subject}`;
};

/** The address of a caller; of IPv6 the network of 64 bits that a household has. */
export const addressOf = ({ ip }: FastifyRequest): string => normalizeIP(ip);
