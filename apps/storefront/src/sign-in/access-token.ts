import type { FastifyRequest } from 'fastify';
import { cookieOf, unpacked } from './cookies.js';

const BEARER = /^Bearer +(\S+) *$/i;

/** The access token of a request, from its header or cookie. */
export const accessTokenOf = (request: FastifyRequest): string | undefined =>
  BEARER.exec(request.headers.authorization ?? '')?.[1] ?? cookieOf(request, 'access-token');

/** A request may take this time until a service verifies its token. */
const LEEWAY_MS = 10_000;

/** Whether a JWT has expired, or is about to. Services verify the rest. */
export function expiresSoon(token: string): boolean {
  const { exp } = (unpacked(token.split('.')[1]) ?? {}) as { exp?: unknown };
  return typeof exp === 'number' && exp * 1_000 < Date.now() + LEEWAY_MS;
}
