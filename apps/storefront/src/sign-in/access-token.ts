import type { FastifyRequest } from 'fastify';
import { cookieOf } from './cookies.js';

const BEARER = /^Bearer +(\S+) *$/i;

/** The access token of the user signed in to this browser. */
export const tokenInCookie = (request: FastifyRequest): string | undefined => cookieOf(request, 'access-token');

/** The access token of a request, from its header or cookie. */
export const accessTokenOf = (request: FastifyRequest): string | undefined =>
  BEARER.exec(request.headers.authorization ?? '')?.[1] ?? tokenInCookie(request);
