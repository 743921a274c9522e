import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Problem } from '@quadrille/runtime';
import type { FastifyRequest } from 'fastify';

const MAX_KEY_LENGTH = 255;
const VISIBLE = /^[\x21-\x7e]+$/;

/** Returns the caller's idempotency key, or undefined. Throws a problem 400 unless it is 1 to 255 visible ASCII characters. */
export function idempotencyKeyOf(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || header.length > MAX_KEY_LENGTH || !VISIBLE.test(header)) {
    const detail = `Idempotency-Key must be one value of 1 to ${MAX_KEY_LENGTH} visible ASCII characters.`;
    throw new Problem(400, 'malformed-idempotency-key', detail);
  }
  return header;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-|$)/;

/** Returns the W3C trace context of the caller; an invalid one counts as missing, as the standard requires. */
export function traceparentOf(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  const header = headers.traceparent;
  return typeof header === 'string' && header.length <= MAX_KEY_LENGTH && TRACEPARENT.test(header) ? header : undefined;
}

const headersOf = (context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().headers;

/** Parameter decorator: the caller's validated `Idempotency-Key`; undefined without one. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  idempotencyKeyOf(headersOf(context)),
);

/** Parameter decorator: the caller's `traceparent`, if it is valid. */
export const Traceparent = createParamDecorator((_: unknown, context: ExecutionContext) =>
  traceparentOf(headersOf(context)),
);
